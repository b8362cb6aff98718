import { Inject, Injectable } from '@nestjs/common';
import { combineRequirements, type AuthenticationRequirement } from 'stepup-core';
import type { BackchannelHint } from '../authorization-server/backchannel-client.js';
import type { HintKind } from '../authorization-server/provider-profile.js';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import type { RequestBody } from './request-body.js';
import { readRequirement } from './requirement-body.js';

/** What a sign-in that anybody may ask for is allowed to be. */
export interface AllowedSignIn {
  readonly hint: BackchannelHint;
  readonly scope: string;
  readonly resource: readonly string[];
  readonly requirement?: AuthenticationRequirement;
}

/** Reads a sign-in from a body, within what `signIn` of the module allows. */
@Injectable()
export class SignInPolicy {
  constructor(@Inject(CIBA_SETTINGS) private readonly settings: CibaSettings) {}

  /** @throws {CibaException} `invalid_request`, or `invalid_scope`. */
  read(body: RequestBody): AllowedSignIn {
    const requirement = this.requirementOf(body);
    return {
      hint: this.hintOf(body),
      scope: this.scopeOf(body),
      resource: this.resourceOf(body),
      ...(requirement && { requirement }),
    };
  }

  private hintOf(body: RequestBody): BackchannelHint {
    const kind = wireName(body.text('loginHintKind', { maxLength: 30 }));
    const value = body.text('userIdentifier', { maxLength: 8192 });
    const { loginHintKinds } = this.settings.signIn;
    if (!isHintKind(kind)) {
      const names = HINT_KINDS.join(', ').toUpperCase();
      throw new CibaException('invalid_request', `'loginHintKind' must be one of ${names}`);
    }
    if (!loginHintKinds.includes(kind)) {
      throw new CibaException(
        'invalid_request',
        `'loginHintKind' ${kind.toUpperCase()} is not accepted here: ` +
          `to accept it, name '${kind}' in signIn.loginHintKinds of CibaModule.forRoot()`,
      );
    }
    if (kind === 'login_hint') return { login_hint: value };
    return kind === 'login_hint_token' ? { login_hint_token: value } : { id_token_hint: value };
  }

  private scopeOf(body: RequestBody): string {
    const allowed = this.settings.signIn.scope;
    const scope = body.optionalText('scope', { maxLength: 1000 });
    if (scope === undefined) return allowed;
    const scopes = [...new Set(scope.split(' ').filter((one) => one !== ''))];
    if (!scopes.includes('openid')) {
      throw new CibaException('invalid_scope', "'scope' must have openid in it");
    }
    const known = new Set(allowed.split(' '));
    if (scopes.every((one) => known.has(one))) return scopes.join(' ');
    throw new CibaException(
      'invalid_scope',
      "'scope' has more than is accepted here: to accept it, name it in signIn.scope of CibaModule.forRoot()",
    );
  }

  private resourceOf(body: RequestBody): readonly string[] {
    const name = wireName(body.optionalText('resource', { maxLength: 30 }) ?? 'idp');
    const { resources } = this.settings;
    if (name === 'idp') return resources.idp;
    if (name === 'device') return resources.device;
    throw new CibaException('invalid_target', "'resource' must be IDP or DEVICE");
  }

  private requirementOf(body: RequestBody): AuthenticationRequirement | undefined {
    const { signIn, acrRanking } = this.settings;
    const both = [signIn.requirement, readRequirement(body)].filter((one) => one !== undefined);
    try {
      return combineRequirements(both, acrRanking);
    } catch (cause) {
      const description = "'acrValues' has none that is accepted here";
      throw new CibaException('invalid_request', description, { cause });
    }
  }
}

const HINT_KINDS: readonly HintKind[] = ['login_hint', 'login_hint_token', 'id_token_hint'];

function isHintKind(value: string): value is HintKind {
  return HINT_KINDS.some((kind) => kind === value);
}

/** In any case, with any separator: `LOGIN_HINT`, `login-hint`. */
function wireName(value: string): string {
  return value.toLowerCase().replaceAll('-', '_');
}
