import { defineRequirement } from 'stepup-core';
import type { HintKind, ProviderProfile } from './authorization-server/provider-profile.js';
import type {
  CompatibilityOptions,
  LimitOptions,
  QrOptions,
  RateLimit,
  ResourceOptions,
  SignInOptions,
} from './ciba.options.js';
import type { CibaSettings } from './ciba.settings.js';
import {
  checkBoolean,
  checkFunction,
  checkNames,
  checkNumber,
  checkScope,
  checkText,
  refuseOption,
} from './option-checks.js';

export function resourceList(
  name: string,
  value: unknown,
  profile: ProviderProfile,
): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value)
    ? value
    : value === undefined
      ? []
      : [value];
  return list.map((one) => {
    const text = checkText(name, one);
    // RFC 8707 §2. What other servers take as an audience may be any text.
    const isRight = URL.canParse(text) && !text.includes('#');
    if (profile.resourceParameter === 'resource' && !isRight) {
      refuseOption(`'${name}' must be an absolute URI without a fragment`, one, RangeError);
    }
    return text;
  });
}

export function resourcesOf(
  options: ResourceOptions,
  resource: readonly string[],
  profile: ProviderProfile,
): CibaSettings['resources'] {
  checkNames("'resources'", options, ['idp', 'device']);
  const { idp = [], device = resource } = options;
  return {
    idp: resourceList('resources.idp', idp, profile),
    device: resourceList('resources.device', device, profile),
  };
}

export function signInOf(
  options: SignInOptions,
  scope: string,
  profile: ProviderProfile,
): CibaSettings['signIn'] {
  checkNames("'signIn'", options, ['requirement', 'scope', 'loginHintKinds']);
  const { requirement, loginHintKinds } = options;
  return {
    requirement: requirement === undefined ? undefined : defineRequirement(requirement),
    scope: checkScope('signIn.scope', options.scope ?? scope),
    loginHintKinds:
      loginHintKinds === undefined
        ? profile.hintKinds.filter((kind) => kind === 'login_hint_token')
        : checkHintKinds(loginHintKinds, profile),
  };
}

function checkHintKinds(kinds: unknown, { hintKinds, name }: ProviderProfile): readonly HintKind[] {
  if (!Array.isArray(kinds)) refuseOption("'signIn.loginHintKinds' must be a list", kinds);
  const unknown: unknown = kinds.find((kind) => !hintKinds.includes(kind));
  if (unknown !== undefined) {
    const reason = `'signIn.loginHintKinds' must be some of ${hintKinds.join(', ')} with ${name}`;
    refuseOption(reason, unknown, RangeError);
  }
  return hintKinds.filter((kind) => kinds.includes(kind));
}

export function qrOf(options: QrOptions): CibaSettings['qr'] {
  checkNames("'qr'", options, ['expiresInSeconds', 'content', 'admit']);
  const { expiresInSeconds = 90, content, admit } = options;
  checkFunction('qr.content', content);
  checkFunction('qr.admit', admit);
  return {
    expiresInSeconds: checkNumber('qr.expiresInSeconds', expiresInSeconds, { unit: 'seconds' }),
    content: content ?? (({ sessionId, cbUrl }) => `${cbUrl}?sessionId=${sessionId}`),
    admit,
  };
}

export function limitsOf(options: LimitOptions): CibaSettings['limits'] {
  checkNames("'limits'", options, ['perUser', 'perAddress']);
  const { perUser = { limit: 5, windowSeconds: 300 } } = options;
  const { perAddress = { limit: 30, windowSeconds: 300 } } = options;
  return {
    perUser: limitOf('limits.perUser', perUser),
    perAddress: limitOf('limits.perAddress', perAddress),
  };
}

function limitOf(name: string, options: RateLimit): RateLimit {
  checkNames(`'${name}'`, options, ['limit', 'windowSeconds']);
  const { limit, windowSeconds } = options;
  return {
    limit: checkNumber(`${name}.limit`, limit, { unit: 'times', integer: true }),
    windowSeconds: checkNumber(`${name}.windowSeconds`, windowSeconds, { unit: 'seconds' }),
  };
}

export function compatibilityOf(options: CompatibilityOptions): CibaSettings['compatibility'] {
  checkNames("'compatibility'", options, ['unboundTransactions', 'reusableQrSessions', 'qrRoute']);
  const { unboundTransactions = false, reusableQrSessions = false, qrRoute = false } = options;
  return {
    unboundTransactions: checkBoolean('compatibility.unboundTransactions', unboundTransactions),
    reusableQrSessions: checkBoolean('compatibility.reusableQrSessions', reusableQrSessions),
    qrRoute: checkBoolean('compatibility.qrRoute', qrRoute),
  };
}
