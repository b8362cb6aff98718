import { randomBytes } from 'node:crypto';
import type { JwtSigner } from './jwt-signer.js';

/** How long a signed request is good for, in seconds: it is sent at once. */
const LIFETIME_SECONDS = 60;

/** What a signed request says besides its parameters. */
export interface SignedRequestContext {
  readonly issuer: string;
  readonly clientId: string;
  /** Tells the time, in seconds since the Unix epoch. */
  readonly now: () => number;
  /** How long the signer may take. */
  readonly timeoutSeconds: number;
  /** Whether `client_id` is to be in it: PingOne wants it inside and outside. */
  readonly namesClient: boolean;
}

/**
 * Puts all parameters of an authentication request into one signed JWT: nothing stays outside but
 * what authenticates the client.
 *
 * @see [CIBA §7.1.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#signed_auth_request)
 */
export async function signRequest(
  parameters: URLSearchParams,
  signer: JwtSigner,
  { issuer, clientId, now, timeoutSeconds, namesClient }: SignedRequestContext,
): Promise<URLSearchParams> {
  const iat = Math.floor(now());
  const claims = {
    ...claimsOf(parameters),
    ...(namesClient && { client_id: clientId }),
    iss: clientId,
    aud: issuer,
    jti: randomBytes(24).toString('base64url'),
    iat,
    nbf: iat,
    exp: iat + LIFETIME_SECONDS,
  };
  return new URLSearchParams({ request: await signer.makeJwt(claims, timeoutSeconds) });
}

/** As strings, numbers too; a list where a parameter is repeated, as `resource` may be. */
function claimsOf(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const claims: Record<string, unknown> = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    claims[name] = values.length === 1 ? values[0] : values;
  }
  return claims;
}
