import { checkClaims, type Validity } from '../access-token-claims.js';
import { isOtherToken } from '../access-token-type.js';
import type { VerificationContext } from 'nest-stepup';
import { TokenRefusal } from '../token-refusal.js';
import type { IntrospectionAnswer } from './introspection-client.js';
import type { ExpectedAnswer } from './introspection.options.js';

/** A refusal whose cause may be an option of this API, and no fault of the token. */
export class SettingRefusal extends TokenRefusal {}

/**
 * Checks what an authorization server says of a token that came as a bearer token.
 *
 * @throws {TokenRefusal}
 * @see [RFC 7662 §2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2)
 */
export function checkAnswer(
  answer: IntrospectionAnswer,
  expected: ExpectedAnswer,
  context: VerificationContext,
): Validity {
  if (!answer.active) throw new TokenRefusal('the authorization server says that it is not active');
  checkType(answer, expected);
  for (const [option, member] of [
    ['issuer', 'iss'],
    ['audience', 'aud'],
  ] as const) {
    if (expected[option] !== undefined && !Object.hasOwn(answer, member)) {
      throw new SettingRefusal(
        `the answer has no ${member}, which '${option}' demands: have the authorization server ` +
          `include it, or leave '${option}' out`,
      );
    }
  }
  // RFC 7662 §2.2: exp is optional. The server that says active now vouches for now.
  return checkClaims({ exp: Number.MAX_SAFE_INTEGER, ...answer }, expected, context);
}

function checkType(answer: IntrospectionAnswer, { tokenType }: ExpectedAnswer): void {
  // RFC 7009 §2.1: a hint is a hint. Servers look for refresh tokens too, and say that they are
  // active. Keycloak says Refresh or Offline in typ and token_type, Ory Hydra refresh_token in
  // token_use; oidc-provider leaves token_type out, which is of access tokens (RFC 6749 §7.1).
  if (isOtherToken(answer)) throw new TokenRefusal('its claims are those of another kind of token');
  if (!Object.hasOwn(answer, 'token_type')) {
    if (tokenType === 'optional') return;
    throw new SettingRefusal(
      "the answer has no token_type: set tokenType: 'optional' if your authorization server " +
        'leaves it out of answers about access tokens',
    );
  }
  const { token_type: type } = answer;
  if (typeof type === 'string' && type.toLowerCase() === 'bearer') return;
  throw new TokenRefusal('its token_type is not Bearer, and it came as a bearer token');
}
