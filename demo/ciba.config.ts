import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';

/** An elliptic curve key that signs, private part included. */
export interface PrivateJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly d: string;
  readonly kid: string;
  readonly alg: 'ES256';
}

/** How the API asks people's phones, and where it keeps what is under way. */
export interface CibaConfig {
  /** The API as a client of the authorization server: not the web app, which keeps no secret. */
  readonly clientId: string;
  /** What the API authenticates with; the authorization server is told its public part. */
  readonly key: PrivateJwk;
  /** What the API encrypts tokens with that it has to keep: 32 bytes, base64url. */
  readonly sealingKey: string;
  readonly deliveryMode: 'poll' | 'ping';
  /** What both screens show: a code to compare, or a number to pick on the phone. */
  readonly bindingMessage: 'code' | 'number';
  /** The page that stands in for a phone. */
  readonly phoneUrl: string;
  /** Where transactions are kept; `undefined`: in the API's memory. */
  readonly redisUrl: string | undefined;
  /** How many processes serve the API. */
  readonly apiInstances: number;
}

type Env = Readonly<Record<string, string | undefined>>;

const MOST_INSTANCES = 8;

/**
 * Reads the settings of approval on a phone.
 *
 * `REDIS_URL` and `DEMO_API_INSTANCES` say where transactions are kept and how many processes share
 * them; `DEMO_CIBA_MODE` is `poll` or `ping`, `DEMO_BINDING_MESSAGE` is `code` or `number`. The API's
 * key and the one it seals tokens with are made anew, unless `DEMO_CIBA_JWK` and `DEMO_SEALING_KEY`
 * hold them: a process that takes over from another one needs the same.
 *
 * @throws {RangeError} When a setting has a value that cannot be used. The text never holds a key.
 */
export function readCibaConfig(env: Env, issuerOrigin: string): CibaConfig {
  const redisUrl = readRedisUrl(env['REDIS_URL']);
  return {
    clientId: 'bank-api',
    key: readKey(env['DEMO_CIBA_JWK']),
    sealingKey: readSealingKey(env['DEMO_SEALING_KEY']),
    deliveryMode: readChoice(env, 'DEMO_CIBA_MODE', ['poll', 'ping']),
    bindingMessage: readChoice(env, 'DEMO_BINDING_MESSAGE', ['code', 'number']),
    phoneUrl: `${issuerOrigin}/phone`,
    redisUrl,
    apiInstances: readInstances(env['DEMO_API_INSTANCES'], redisUrl),
  };
}

/** The part of a key that others may know. */
export function publicPartOf({ d: _secret, ...publicPart }: PrivateJwk): Omit<PrivateJwk, 'd'> {
  return publicPart;
}

/** What a child process has to be started with to be the same client with the same keys. */
export function environmentOf({ key, sealingKey }: CibaConfig): Readonly<Record<string, string>> {
  return { DEMO_CIBA_JWK: JSON.stringify(key), DEMO_SEALING_KEY: sealingKey };
}

function readRedisUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (URL.canParse(text) && /^rediss?:/.test(text)) return text;
  // Not the text: a password may stand in it.
  throw new RangeError(
    'Cannot start the demo as REDIS_URL must be a redis: or rediss: URL: current value is not one',
  );
}

function readKey(text: string | undefined): PrivateJwk {
  if (!text) return generateKey();
  const key = parseKey(text);
  if (key) return key;
  throw new RangeError(
    'Cannot start the demo as DEMO_CIBA_JWK must be a private EC key on P-256, as a JWK with a kid: current value is none',
  );
}

function generateKey(): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const kid = randomBytes(8).toString('base64url');
  return { kty: 'EC', crv: 'P-256', x, y, d, kid, alg: 'ES256' };
}

function parseKey(text: string): PrivateJwk | undefined {
  try {
    const { kty, crv, x, y, d, kid }: Partial<Record<keyof PrivateJwk, unknown>> = JSON.parse(text);
    if (kty !== 'EC' || crv !== 'P-256') return undefined;
    if (!isText(x) || !isText(y) || !isText(d) || !isText(kid)) return undefined;
    // Throws when the coordinates are no point of the curve.
    createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
    return { kty, crv, x, y, d, kid, alg: 'ES256' };
  } catch {
    // No JSON, or no key: told by the caller, without the text, which may hold a secret.
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function readSealingKey(text: string | undefined): string {
  if (!text) return randomBytes(32).toString('base64url');
  if (/^[\w-]{43}$/.test(text)) return text;
  throw new RangeError(
    `Cannot start the demo as DEMO_SEALING_KEY must be 32 bytes in base64url: current value has ${text.length} characters`,
  );
}

function readChoice<T extends string>(env: Env, name: string, choices: readonly [T, T]): T {
  const text = env[name] || choices[0];
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new RangeError(
    `Cannot start the demo as ${name} must be ${choices.join(' or ')}: current value is ${text}`,
  );
}

function readInstances(text: string | undefined, redisUrl: string | undefined): number {
  const count = text ? Number(text) : 1;
  if (!Number.isInteger(count) || count < 1 || count > MOST_INSTANCES) {
    throw new RangeError(
      `Cannot start the demo as DEMO_API_INSTANCES must be a number from 1 to ${MOST_INSTANCES}: current value is ${text}`,
    );
  }
  if (count > 1 && redisUrl === undefined) {
    throw new RangeError(
      `Cannot start the demo as several instances of the API need a store that they share, set REDIS_URL: current value is none, for ${count} instances`,
    );
  }
  return count;
}
