/** Refuses a configuration, in the words of the app's options. */
export function refuseOption(
  reason: string,
  value: unknown,
  kind: ErrorConstructor = TypeError,
): never {
  throw new kind(`Cannot configure CIBA as ${reason}: current value is ${describe(value)}`);
}

/** Checks an object of options: a misspelt name would leave its default in force. */
export function checkNames(what: string, options: unknown, names: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    refuseOption(`${what} must be an object`, options);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) refuseOption(`${what} are ${names.join(', ')}`, unknown);
}

export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') refuseOption(`'${name}' must be a string`, value);
  if (value === '') refuseOption(`'${name}' must not be empty`, value, RangeError);
  return value;
}

/** Checks a number that is more than 0, or at least 0. */
export function checkNumber(
  name: string,
  value: unknown,
  { unit, zero = false, integer = false }: NumberCheck,
): number {
  if (typeof value !== 'number') refuseOption(`'${name}' must be a number`, value);
  const isRight = Number.isFinite(value) && (value > 0 || (zero && value === 0));
  if (!isRight || (integer && !Number.isSafeInteger(value))) {
    const sign = zero ? 'non-negative' : 'positive';
    const kind = integer ? 'whole number' : 'number';
    refuseOption(`'${name}' must be a ${sign} ${kind} of ${unit}`, value, RangeError);
  }
  return value;
}

interface NumberCheck {
  readonly unit: string;
  readonly zero?: boolean;
  readonly integer?: boolean;
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') refuseOption(`'${name}' must be true or false`, value);
  return value;
}

export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') {
    refuseOption(`'${name}' must be a function`, value);
  }
}

/** Checks that an object has the methods of a class: also of one that was loaded twice. */
export function checkMethods(
  name: string,
  value: unknown,
  methods: readonly string[],
  hint: string,
): void {
  const members: object = Object(value);
  const isThere = (method: string) => typeof Reflect.get(members, method) === 'function';
  if (typeof value !== 'object' || !methods.every(isThere)) {
    refuseOption(`'${name}' must be ${hint}`, value);
  }
}

/** Checks a list of scopes: space-separated, `openid` among them. */
export function checkScope(name: string, value: unknown): string {
  const scopes = checkText(name, value).split(' ');
  // RFC 6749 §3.3
  if (!scopes.every((scope) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope))) {
    refuseOption(`'${name}' must be scopes with a single space between them`, value, RangeError);
  }
  if (!scopes.includes('openid')) {
    refuseOption(`'${name}' must have openid in it`, value, RangeError);
  }
  return [...new Set(scopes)].join(' ');
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Checks an address: an absolute https URL, or http where nobody is in between. */
export function checkServerUrl(name: string, value: unknown): string {
  const text = checkText(name, value);
  if (!URL.canParse(text)) refuseOption(`'${name}' must be an absolute URL`, value);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`Cannot configure CIBA as '${name}' must not hold credentials`);
  }
  if (url.search !== '' || url.hash !== '') {
    refuseOption(`'${name}' must have neither a query nor a fragment`, value);
  }
  const isLocal = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isLocal) {
    refuseOption(`'${name}' must begin with https, or be on a loopback address`, value);
  }
  return url.href;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a class or function: pass an instance';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
