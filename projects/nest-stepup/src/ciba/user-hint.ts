import { Logger } from '@nestjs/common';
import type { Authentication } from 'nest-stepup';
import type { BackchannelHint } from './authorization-server/backchannel-client.js';
import type { HintKind } from './authorization-server/provider-profile.js';
import { CibaException } from './ciba.exception.js';
import type { CibaSettings } from './ciba.settings.js';

const logger = new Logger('StepUp');

/**
 * Says which user is to step up: what `hint` of the module makes of the verified token, else its
 * subject.
 *
 * @throws {CibaException} `server_error` when that is not exactly one hint with a text in it, of a
 *   kind that the authorization server takes. Nothing was sent then; the log names the option.
 */
export function stepUpHint(
  { hint, profile }: Pick<CibaSettings, 'hint' | 'profile'>,
  authentication: Authentication,
): BackchannelHint {
  const value: unknown = hint ? hint(authentication) : { login_hint: authentication.subject };
  const [entry, ...others] = Object.entries(Object(value));
  const [name, text]: readonly unknown[] = entry ?? [];
  const kind = profile.hintKinds.find((one) => one === name);
  if (kind && others.length === 0 && typeof text === 'string' && text.trim() !== '') {
    return hintOf(kind, text);
  }
  logger.error(
    "Cannot start a step-up as 'hint' of CibaModule must return one of " +
      `${profile.hintKinds.map((one) => `{ ${one} }`).join(', ')} with a text in it: ` +
      `current value is ${describe(value, others.length + 1, kind)}`,
  );
  throw new CibaException('server_error', 'This API does not know whom to ask for approval');
}

function hintOf(kind: HintKind, text: string): BackchannelHint {
  if (kind === 'login_hint') return { login_hint: text };
  return kind === 'login_hint_token' ? { login_hint_token: text } : { id_token_hint: text };
}

/** What kind of thing it is, and not what is in it: that is of a user. */
function describe(value: unknown, members: number, kind: string | undefined): string {
  if (value instanceof Promise) return 'a promise';
  if (typeof value !== 'object' || value === null) {
    return value === undefined || value === null ? String(value) : `a ${typeof value}`;
  }
  if (members > 1) return `an object of ${members} members`;
  if (kind === undefined) return 'an object without any of them';
  const text: unknown = Reflect.get(value, kind);
  return typeof text === 'string' ? `a blank ${kind}` : `a ${kind} of type ${typeof text}`;
}
