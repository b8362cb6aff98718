import { createHmac, randomBytes } from 'node:crypto';
import { ClientSecretBasic, ClientSecretPost, type ClientAuth } from 'openid-client';
import { JwtSigner, type SigningKey } from './jwt-signer.js';

/** How long a client assertion is good for, in seconds: it is sent at once. */
const LIFETIME_SECONDS = 60;

/** What a client assertion is made from. */
export interface AssertionContext {
  readonly issuer: string;
  readonly clientId: string;
  /** Tells the time, in seconds since the Unix epoch. */
  readonly now: () => number;
  /** How long a signer may take. */
  readonly timeoutSeconds: number;
}

/**
 * How an API proves to its authorization server that it is the client it says it is.
 *
 * Made by {@link privateKeyJwt}, {@link clientSecretBasic}, {@link clientSecretPost} or
 * {@link clientSecretJwt}: nothing in it can be read.
 */
export class ClientAuthentication {
  readonly #method: Method;

  /** @internal */
  constructor(method: Method) {
    this.#method = method;
  }

  /** The name of the method, as in a client's `token_endpoint_auth_method`. */
  get name(): ClientAuthenticationMethod {
    return this.#method.name;
  }

  /** The key that also signs authentication requests; there is none with a secret. @internal */
  get signer(): JwtSigner | undefined {
    return this.#method.signer;
  }

  /** Whether {@link makeAssertion} makes one. @internal */
  get makesAssertions(): boolean {
    return this.#method.sign !== undefined;
  }

  /** For `openid-client`. @internal */
  authenticate(context: AssertionContext): ClientAuth {
    const { credentials } = this.#method;
    if (credentials) return credentials;
    return async (_server, _client, body) => {
      body.set('client_id', context.clientId);
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
      body.set('client_assertion', await this.makeAssertion(context));
    };
  }

  /**
   * Makes a client assertion.
   *
   * @throws {TypeError} When the method has none.
   * @see [RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3)
   * @internal
   */
  async makeAssertion(context: AssertionContext): Promise<string> {
    const { issuer, clientId, now, timeoutSeconds } = context;
    const { sign, name } = this.#method;
    if (!sign) throw new TypeError(`Cannot make a client assertion by ${name}`);
    const iat = Math.floor(now());
    const claims = {
      iss: clientId,
      sub: clientId,
      // CIBA §7.1: the issuer, not the endpoint. Any endpoint of the server takes it then.
      aud: issuer,
      jti: randomBytes(24).toString('base64url'),
      iat,
      nbf: iat,
      exp: iat + LIFETIME_SECONDS,
    };
    return await sign(claims, timeoutSeconds);
  }
}

/** The methods that are supported. */
export type ClientAuthenticationMethod =
  'private_key_jwt' | 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt';

interface Method {
  readonly name: ClientAuthenticationMethod;
  readonly signer?: JwtSigner;
  readonly sign?: (claims: object, timeoutSeconds: number) => Promise<string>;
  readonly credentials?: ClientAuth;
}

/**
 * Authenticates by a JWT signed with a private key, here or elsewhere.
 *
 * At thousands of requests per second the key matters: ES256 and EdDSA take a tenth of RS256's time.
 *
 * @throws {TypeError} When the key is not a private key, or not one for the algorithm.
 *
 * @example
 * privateKeyJwt({ key: readFileSync('client.pem', 'utf8'), kid: 'k1' });
 * privateKeyJwt({ sign: (input) => hsm.sign(input), algorithm: 'ES256', kid: 'k1' });
 *
 * @see [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)
 */
export function privateKeyJwt(key: SigningKey): ClientAuthentication {
  const signer = new JwtSigner(key);
  return new ClientAuthentication({
    name: 'private_key_jwt',
    signer,
    sign: async (claims, timeoutSeconds) => await signer.makeJwt(claims, timeoutSeconds),
  });
}

/**
 * Authenticates by a secret in the `Authorization` header.
 *
 * @throws {TypeError} When the secret is empty.
 * @see [RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
 */
export function clientSecretBasic(secret: string): ClientAuthentication {
  checkSecret(secret);
  return new ClientAuthentication({
    name: 'client_secret_basic',
    credentials: ClientSecretBasic(secret),
  });
}

/**
 * Authenticates by a secret in the body.
 *
 * @throws {TypeError} When the secret is empty.
 * @see [RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
 */
export function clientSecretPost(secret: string): ClientAuthentication {
  checkSecret(secret);
  return new ClientAuthentication({
    name: 'client_secret_post',
    credentials: ClientSecretPost(secret),
  });
}

/**
 * Authenticates by a JWT that a secret signs (HS256): the secret itself is not sent.
 *
 * @throws {TypeError} When the secret has less than the 32 octets that HS256 needs.
 * @see [OpenID Connect Core §9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)
 */
export function clientSecretJwt(secret: string): ClientAuthentication {
  checkSecret(secret, 32);
  const header = encode({ alg: 'HS256', typ: 'JWT' });
  return new ClientAuthentication({
    name: 'client_secret_jwt',
    sign: (claims) => {
      const input = `${header}.${encode(claims)}`;
      const signature = createHmac('sha256', secret).update(input).digest('base64url');
      return Promise.resolve(`${input}.${signature}`);
    },
  });
}

function checkSecret(secret: unknown, leastOctets = 1): void {
  if (typeof secret === 'string' && Buffer.byteLength(secret) >= leastOctets) return;
  throw new TypeError(
    `Cannot authenticate a client as its secret must be a text of at least ${leastOctets} octets: ` +
      `current value is ${typeof secret === 'string' ? 'shorter' : typeof secret}`,
  );
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
