import type { SignedJwt } from './signed-jwt.js';
import { TokenRefusal } from './token-refusal.js';

/**
 * Which `typ` the header of an access token must have: `at+jwt`, as RFC 9068 says, or any that does
 * not announce another kind of token.
 */
export type AccessTokenType = 'at+jwt' | 'any';

/**
 * Refuses tokens that are not access tokens.
 *
 * With `any`, what shows an ID token, a refresh token or a logout token by its header or its claims
 * is refused. An ID token that shows none of it is told apart by nothing but its audience.
 *
 * @throws {TokenRefusal}
 * @see [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
 * @see [RFC 8725 §3.11](https://www.rfc-editor.org/rfc/rfc8725#section-3.11)
 */
export function checkAccessTokenType({ header, claims }: SignedJwt, type: AccessTokenType): void {
  const typ = mediaType(header.typ);
  if (typ === 'at+jwt') return;
  if (type === 'at+jwt') {
    throw new TokenRefusal(
      "its header does not say typ at+jwt: set typ: 'any' if your authorization server types its " +
        'access tokens otherwise, or not at all, as Okta, Keycloak and Auth0 do',
    );
  }
  // RFC 6838 §4.2.8: what has a suffix is a format of its own, `dc+sd-jwt` as much as `logout+jwt`.
  if (typ === undefined || typ.includes('+')) {
    throw new TokenRefusal('its header announces another kind of token');
  }
  if (isOtherToken(claims)) throw new TokenRefusal('its claims are those of another kind of token');
}

/** The type in lower case, '' for none, and nothing for what is not a type. */
function mediaType(typ: unknown): string | undefined {
  if (typ === undefined) return '';
  if (typeof typ !== 'string') return undefined;
  return typ.toLowerCase().replace(/^application\//, '');
}

/** Keycloak's names for tokens that are not access tokens, in its claim `typ`. */
const OTHER_TYPES: readonly unknown[] = ['ID', 'Serialized-ID', 'Refresh', 'Offline', 'Logout'];

/** Of Amazon Cognito, in JWTs, and of Ory Hydra, in introspection answers. */
const ACCESS_USES: readonly unknown[] = ['access', 'access_token'];

/** Claims that only ID tokens, logout tokens and other security events have. */
const OTHER_CLAIMS: readonly string[] = [
  // OIDC Core §3.3.2.11, Financial-grade API §5.1, RFC 8417.
  'at_hash',
  'c_hash',
  's_hash',
  'events',
  // OpenID Connect CIBA §10.3.1, Self-Issued OpenID Provider v2 §11.1.
  'urn:openid:params:jwt:claim:rt_hash',
  'urn:openid:params:jwt:claim:auth_req_id',
  'sub_jwk',
];

/** Whether the claims are those of an ID token, a refresh token or a logout token. */
export function isOtherToken(claims: SignedJwt['claims']): boolean {
  const has = (name: string) => Object.hasOwn(claims, name);
  if (OTHER_CLAIMS.some(has)) return true;
  if (OTHER_TYPES.includes(claims.typ)) return true;
  if (has('token_use') && !ACCESS_USES.includes(claims.token_use)) return true;
  // Keycloak before version 24 copies the nonce into access tokens, which it marks as such.
  return has('nonce') && claims.typ !== 'Bearer';
}
