import type { CryptoKey } from 'jose';
import { ClientAuthentication } from './client-authentication.js';
import { JwtSigner, type SigningKey } from './jwt-signer.js';
import { standardProfile } from './profiles/standard.js';
import type { DeliveryMode, ProviderProfile } from './provider-profile.js';
import { isSafe } from './http-transport.js';

/** A key pair of Web Crypto, that tokens are bound to. */
export interface DpopKeyPair {
  readonly privateKey: CryptoKey;
  /** Extractable: it is sent along. */
  readonly publicKey: CryptoKey;
}

/** Options of `OpenIdBackchannelClient`. */
export interface OpenIdBackchannelClientOptions {
  /** As the metadata says it, to the letter. Plain http only on a loopback address. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  /** @default standardProfile() */
  readonly profile?: ProviderProfile;
  /** As the client is registered. @default 'poll' */
  readonly deliveryMode?: DeliveryMode;
  /**
   * Signs authentication requests: with the key of `privateKeyJwt()`, or with another.
   *
   * @default false
   */
  readonly signedRequests?: boolean | SigningKey;
  /**
   * Asks for tokens that are bound to a key: one of this process, or one that is given, as it must
   * be where another process is to refresh them. Tokens that are not bound are then refused.
   *
   * @default false
   */
  readonly dpop?: boolean | DpopKeyPair;
  /** For each answer, and for each signature of a remote signer. @default 10 */
  readonly timeoutSeconds?: number;
  /** Between the clocks of the authorization server and this API. @default 5 */
  readonly clockToleranceSeconds?: number;
  /**
   * Tells the time, in seconds since the Unix epoch, for what this client signs. ID tokens and DPoP
   * proofs go by the system's clock.
   */
  readonly now?: () => number;
}

/** The options, checked and with their defaults. */
export interface OpenIdBackchannelClientSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  readonly profile: ProviderProfile;
  readonly deliveryMode: DeliveryMode;
  readonly requestSigner: JwtSigner | undefined;
  readonly dpop: boolean | DpopKeyPair;
  readonly timeoutSeconds: number;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
}

/** @throws {TypeError | RangeError} */
export function readSettings({
  issuer,
  clientId,
  clientAuthentication,
  profile = standardProfile(),
  deliveryMode = 'poll',
  signedRequests = false,
  dpop = false,
  timeoutSeconds = 10,
  clockToleranceSeconds = 5,
  now = () => Date.now() / 1000,
}: OpenIdBackchannelClientOptions): OpenIdBackchannelClientSettings {
  checkIssuer(issuer);
  if (typeof clientId !== 'string' || clientId === '') {
    throw fault("'clientId' must be a text", typeof clientId);
  }
  if (!(clientAuthentication instanceof ClientAuthentication)) {
    throw fault(
      "'clientAuthentication' must be what privateKeyJwt() or clientSecretBasic() returns",
      typeof clientAuthentication,
    );
  }
  if (!profile.deliveryModes.includes(deliveryMode)) {
    throw fault(
      `'deliveryMode' must be one that ${profile.name} has (${profile.deliveryModes.join(', ')})`,
      JSON.stringify(deliveryMode),
    );
  }
  checkDpop(dpop);
  checkSeconds('timeoutSeconds', timeoutSeconds, 0.001);
  checkSeconds('clockToleranceSeconds', clockToleranceSeconds, 0);
  return {
    issuer,
    clientId,
    clientAuthentication,
    profile,
    deliveryMode,
    requestSigner: requestSignerOf(signedRequests, clientAuthentication),
    dpop,
    timeoutSeconds,
    clockToleranceSeconds,
    now,
  };
}

function requestSignerOf(
  signedRequests: boolean | SigningKey,
  { signer, name }: ClientAuthentication,
): JwtSigner | undefined {
  if (signedRequests === false) return undefined;
  if (signedRequests !== true) return new JwtSigner(signedRequests);
  if (signer) return signer;
  throw fault(
    "'signedRequests' must be a key where 'clientAuthentication' is not privateKeyJwt()",
    `true, with ${name}`,
  );
}

function checkIssuer(issuer: unknown): void {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : undefined;
  const hasPassword = url !== undefined && `${url.username}${url.password}` !== '';
  if (url && isSafe(url.href) && !hasPassword && url.search === '' && url.hash === '') return;
  throw fault(
    "'issuer' must be a URL with https, or on a loopback address, without query or fragment",
    url === undefined || hasPassword ? 'something else' : JSON.stringify(issuer),
  );
}

function checkDpop(dpop: boolean | DpopKeyPair): void {
  if (typeof dpop === 'boolean') return;
  if (dpop.privateKey.type === 'private' && dpop.publicKey.extractable) return;
  throw fault("'dpop' must be a private key, and a public key that is extractable", 'another pair');
}

function checkSeconds(name: string, value: unknown, minimum: number): void {
  // The most that a timer can wait.
  if (typeof value === 'number' && value >= minimum && value <= 2_147_483) return;
  throw fault(`'${name}' must be a number of seconds from ${minimum}`, String(value), RangeError);
}

function fault(why: string, value: string, kind: ErrorConstructor = TypeError): Error {
  return new kind(`Cannot use CIBA as ${why}: current value is ${value}`);
}
