import type { ExpectedClaims } from '../access-token-claims.js';
import { parseIssuer, parseServerUrl } from '../server-url.js';
import {
  checkNames,
  checkNumber,
  parseAudience,
  parseChoice,
  parseClaimName,
  parseSecret,
} from '../verifier-options.js';

/** Options of `introspectionTokenVerifier()`. */
export interface IntrospectionTokenVerifierOptions {
  /**
   * Where tokens are asked about. Plain http only on a loopback address.
   *
   * @default what the issuer's metadata says (RFC 8414 §2)
   */
  readonly introspectionEndpoint?: string;
  /** The client as which this API is registered at the authorization server. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * How the secret is sent: in the `Authorization` header, or in the body.
   *
   * @default 'client_secret_basic'
   */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /**
   * The `iss` that every answer must have, to the letter. It can be left out where
   * `introspectionEndpoint` is given: the answers of some servers have none.
   */
  readonly issuer?: string;
  /**
   * The `aud` of tokens that are meant for this API: one of these. Without it, tokens for every
   * audience are taken, which is logged at the start: right only where the authorization server
   * itself tells this client of no tokens but those that are meant for it.
   */
  readonly audience?: string | readonly string[];
  /**
   * Whether answers must say `token_type`. Servers say it of access tokens and not of refresh
   * tokens, so without it a refresh token could pass for an access token: `optional` is for a
   * server that says it of neither, and does not tell this client of refresh tokens.
   *
   * @default 'required'
   */
  readonly tokenType?: 'required' | 'optional';
  /** A claim that holds a list of authentication context classes, instead of `acr`. */
  readonly acrListClaim?: string;
  /**
   * How long the authorization server may take for an answer, in milliseconds.
   *
   * @default 5000
   */
  readonly timeoutMs?: number;
  /**
   * How long an answer is used again for the same token, in seconds: how long a token that was
   * revoked may still pass. Never past the token's `exp`.
   *
   * @default 0, the authorization server is asked at every request
   */
  readonly cacheSeconds?: number;
  /**
   * How many tokens are remembered, where `cacheSeconds` is set.
   *
   * @default 1000
   */
  readonly cacheSize?: number;
}

const OPTION_NAMES: readonly (keyof IntrospectionTokenVerifierOptions)[] = [
  'introspectionEndpoint',
  'clientId',
  'clientSecret',
  'clientAuthentication',
  'issuer',
  'audience',
  'tokenType',
  'acrListClaim',
  'timeoutMs',
  'cacheSeconds',
  'cacheSize',
];

/** Where an API asks, and as whom. */
export interface ClientSettings {
  /** Without it, the issuer's metadata says it. */
  readonly endpoint: URL | undefined;
  readonly issuer: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  readonly timeoutMs: number;
}

/** What an answer must say. */
export interface ExpectedAnswer extends ExpectedClaims {
  readonly tokenType: 'required' | 'optional';
}

/** The options, checked and with their defaults. */
export interface IntrospectionSettings {
  readonly client: ClientSettings;
  readonly expected: ExpectedAnswer;
  readonly acrListClaim: string | undefined;
  readonly cacheSeconds: number;
  readonly cacheSize: number;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError | RangeError} When an option is missing, unknown or wrong. The message holds
 *   neither the client's identifier nor its secret.
 */
export function resolveOptions(options: IntrospectionTokenVerifierOptions): IntrospectionSettings {
  checkNames(options, OPTION_NAMES);
  const { issuer, audience, introspectionEndpoint, acrListClaim } = options;
  const { clientAuthentication = 'client_secret_basic', tokenType = 'required' } = options;
  const { timeoutMs = 5000, cacheSeconds = 0, cacheSize = 1000 } = options;
  // What is there and undefined, as of an environment that lacks it, must not be taken for left out.
  // Without an endpoint, only an issuer's metadata can say where one is.
  if ('issuer' in options || introspectionEndpoint === undefined) parseIssuer(issuer);
  return {
    client: {
      endpoint:
        introspectionEndpoint === undefined
          ? undefined
          : parseServerUrl('introspectionEndpoint', introspectionEndpoint),
      issuer,
      clientId: parseSecret('clientId', options.clientId),
      clientSecret: parseSecret('clientSecret', options.clientSecret),
      clientAuthentication: parseChoice('clientAuthentication', clientAuthentication, [
        'client_secret_basic',
        'client_secret_post',
      ]),
      timeoutMs: checkNumber('timeoutMs', timeoutMs, 1),
    },
    expected: {
      ...(issuer !== undefined && { issuer }),
      ...('audience' in options && { audience: parseAudience(audience) }),
      tokenType: parseChoice('tokenType', tokenType, ['required', 'optional']),
    },
    acrListClaim: parseClaimName('acrListClaim', acrListClaim),
    cacheSeconds: checkNumber('cacheSeconds', cacheSeconds, 0),
    cacheSize: checkNumber('cacheSize', cacheSize, 0),
  };
}
