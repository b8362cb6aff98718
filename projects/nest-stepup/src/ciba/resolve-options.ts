import { randomBytes } from 'node:crypto';
import type { ProviderProfile } from './authorization-server/provider-profile.js';
import { standardProfile } from './authorization-server/profiles/standard.js';
import type { CibaOptions } from './ciba.options.js';
import type { CibaSettings } from './ciba.settings.js';
import {
  checkBoolean,
  checkFunction,
  checkMethods,
  checkNames,
  checkNumber,
  checkScope,
  checkServerUrl,
  checkText,
  refuseOption,
} from './option-checks.js';
import {
  compatibilityOf,
  limitsOf,
  qrOf,
  resourceList,
  resourcesOf,
  signInOf,
} from './option-groups.js';
import { MemoryTransactionStore } from './transactions/memory-transaction-store.js';

/**
 * Checks the options and fills in the defaults.
 *
 * @param path What the routes are below.
 * @throws {TypeError} When an option is missing, unknown, or of a wrong type.
 * @throws {RangeError} When an option has a value that it may not have.
 */
export function resolveCibaOptions(options: CibaOptions, path: string): CibaSettings {
  const checked = checkCibaOptions(options, path);
  return { ...checked, store: options.store ?? new MemoryTransactionStore() };
}

/** Checks the options as {@link resolveCibaOptions} does, and starts nothing. */
export function checkCibaOptions(options: CibaOptions, path: string): Omit<CibaSettings, 'store'> {
  checkNames('the options', options, OPTION_NAMES);
  const { profile = standardProfile(), deliveryMode = 'poll', bindingMessage = 'code' } = options;
  checkMethods('profile', profile, ['formatHint'], 'a profile, as in profile: keycloakProfile()');
  checkDeliveryMode(deliveryMode, profile);
  for (const name of ['hint', 'now', 'onEvent'] as const) checkFunction(name, options[name]);
  if (options.acrRanking !== undefined) {
    checkMethods(
      'acrRanking',
      options.acrRanking,
      ['satisfies'],
      'what defineAcrRanking() returns',
    );
  }
  if (
    !['code', 'number'].includes(String(bindingMessage)) &&
    typeof bindingMessage !== 'function'
  ) {
    const reason = "'bindingMessage' must be 'code', 'number' or a function";
    refuseOption(reason, bindingMessage, RangeError);
  }

  const publicUrl = checkServerUrl('publicUrl', options.publicUrl).replace(/\/+$/, '');
  const scope = checkScope('scope', options.scope ?? 'openid');
  const resource = resourceList('resource', options.resource, profile);
  return {
    issuer: checkIssuer(options.issuer),
    clientId: checkText('clientId', options.clientId),
    clientAuthentication: checkClientAuthentication(options.clientAuthentication),
    publicUrl,
    baseUrl: [publicUrl, ...checkPath(path)].join('/'),
    deliveryMode,
    profile,
    scope,
    resource,
    resources: resourcesOf(options.resources ?? {}, resource, profile),
    hint: options.hint,
    signIn: signInOf(options.signIn ?? {}, scope, profile),
    bindingMessage,
    ...durationsOf(options),
    signedRequests: checkKey('signedRequests', options.signedRequests ?? false),
    dpop: dpopOf(options),
    qr: qrOf(options.qr ?? {}),
    sealingKeys: sealingKeysOf(options),
    limits: limitsOf(options.limits ?? {}),
    acrRanking: options.acrRanking,
    now: options.now ?? (() => Date.now() / 1000),
    onEvent: options.onEvent,
    compatibility: compatibilityOf(options.compatibility ?? {}),
  };
}

const OPTION_NAMES = Object.keys({
  issuer: 0,
  clientId: 0,
  clientAuthentication: 0,
  publicUrl: 0,
  deliveryMode: 0,
  profile: 0,
  scope: 0,
  resource: 0,
  resources: 0,
  hint: 0,
  signIn: 0,
  bindingMessage: 0,
  requestedExpirySeconds: 0,
  signedRequests: 0,
  dpop: 0,
  timeoutSeconds: 0,
  qr: 0,
  store: 0,
  sealingKeys: 0,
  limits: 0,
  handOverSeconds: 0,
  acrRanking: 0,
  clockToleranceSeconds: 0,
  now: 0,
  onEvent: 0,
  compatibility: 0,
} satisfies Record<keyof CibaOptions, 0>);

function checkIssuer(issuer: unknown): string {
  checkServerUrl('issuer', issuer);
  // To the letter: it is compared with what the server says of itself.
  return String(issuer);
}

/** Its value is not described: a secret may have been passed in its place. */
function checkClientAuthentication(value: CibaOptions['clientAuthentication']) {
  const kind: unknown = typeof value;
  if (value !== null && (kind === 'object' || kind === 'function')) return value;
  throw new TypeError(
    "Cannot configure CIBA as 'clientAuthentication' must be what privateKeyJwt(), " +
      `clientSecretBasic() or another of these functions returns: current value is of type ${String(kind)}`,
  );
}

/** A key is checked where it is used. */
function checkKey<Key extends object>(name: string, value: boolean | Key): boolean | Key {
  return typeof value === 'object' && value !== null ? value : checkBoolean(name, value);
}

function dpopOf({ dpop = false, store }: CibaOptions): CibaSettings['dpop'] {
  if (checkKey('dpop', dpop) === true && store?.shared === true) {
    const reason =
      "'dpop' must be a key pair that all instances have where they share a store: with a key of " +
      'its own, one cannot refresh the tokens that another one fetched';
    refuseOption(reason, dpop);
  }
  return dpop;
}

function checkDeliveryMode(mode: unknown, profile: ProviderProfile): void {
  if (mode === 'push') {
    throw new TypeError(
      "Cannot configure CIBA as 'deliveryMode' must be 'poll' or 'ping': current value is \"push\". " +
        'In push mode tokens are posted to an endpoint that cannot redeem them once, for one ' +
        'browser, out of several instances; FAPI-CIBA forbids it. Register the client for poll or ping',
    );
  }
  if (mode !== 'poll' && mode !== 'ping') {
    refuseOption("'deliveryMode' must be 'poll' or 'ping'", mode, RangeError);
  }
  if (!profile.deliveryModes.includes(mode)) {
    const modes = profile.deliveryModes.join(' or ');
    refuseOption(`'deliveryMode' must be ${modes} with ${profile.name}`, mode, RangeError);
  }
}

function checkPath(path: unknown): readonly string[] {
  if (typeof path !== 'string') refuseOption("'path' must be a string", path);
  const segments = path.split('/').filter((segment) => segment !== '');
  if (!segments.every((segment) => /^[\w.~-]+$/.test(segment))) {
    refuseOption("'path' must be a plain path, as in 'auth'", path, RangeError);
  }
  return segments;
}

function durationsOf(options: CibaOptions) {
  const { requestedExpirySeconds = 120, timeoutSeconds = 10 } = options;
  const { handOverSeconds = 60, clockToleranceSeconds = 5 } = options;
  const seconds = { unit: 'seconds' };
  return {
    requestedExpirySeconds: checkNumber('requestedExpirySeconds', requestedExpirySeconds, {
      ...seconds,
      integer: true,
    }),
    timeoutSeconds: checkNumber('timeoutSeconds', timeoutSeconds, seconds),
    handOverSeconds: checkNumber('handOverSeconds', handOverSeconds, seconds),
    clockToleranceSeconds: checkNumber('clockToleranceSeconds', clockToleranceSeconds, {
      ...seconds,
      zero: true,
    }),
  };
}

function sealingKeysOf({ store, sealingKeys }: CibaOptions): readonly string[] {
  if (store !== undefined) {
    const methods = ['create', 'read', 'replace', 'claimDue', 'count', 'watch', 'close'];
    checkMethods('store', store, methods, 'a TransactionStore, as in store: redisStore(client)');
  }
  if (sealingKeys === undefined && store?.shared !== true) {
    return [randomBytes(32).toString('base64url')];
  }
  const keys: readonly unknown[] = Array.isArray(sealingKeys) ? sealingKeys : [];
  if (keys.length > 0 && keys.every(isKey)) return keys.map(String);
  const unset = keys.indexOf(undefined);
  if (unset >= 0) {
    throw new TypeError(
      `Cannot configure CIBA as sealingKeys[${unset}] is undefined: is the variable set?`,
    );
  }
  // The value is not described: it is a secret, or was meant to be one.
  throw new TypeError(
    "Cannot configure CIBA as 'sealingKeys' must be a list of keys of 32 bytes in base64url, the same " +
      'in all instances that share a store: ' +
      `current value is ${sealingKeys === undefined ? 'undefined' : 'something else'}. Make one with ` +
      `node -p "crypto.randomBytes(32).toString('base64url')"`,
  );
}

function isKey(key: unknown): boolean {
  if (typeof key !== 'string') return false;
  const bytes = Buffer.from(key, 'base64url');
  return bytes.length === 32 && bytes.toString('base64url') === key;
}
