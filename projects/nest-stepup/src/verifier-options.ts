/**
 * Checks that there are no options but the known ones. A misspelt option would leave its default in
 * force: all algorithms, say, and not the named ones.
 *
 * @throws {TypeError}
 */
export function checkNames(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw fault(`the options are ${known.join(', ')}`, unknown);
}

/** @throws {TypeError} When it is neither a text nor a list of texts, or one is empty. */
export function parseAudience(audience: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (list.length > 0 && list.every(isNonEmpty)) return [...list];
  throw fault("'audience' must be a string or a list of strings, and not empty", audience);
}

/** @throws {TypeError} When it is there, but not the name of a claim. */
export function parseClaimName(option: string, claim: unknown): string | undefined {
  if (claim === undefined || isNonEmpty(claim)) return claim;
  throw fault(`'${option}' must be the name of a claim`, claim);
}

/** @throws {TypeError} When it is not a text, or empty. The message does not hold it. */
export function parseSecret(option: string, value: unknown): string {
  if (isNonEmpty(value)) return value;
  throw new TypeError(
    `Cannot create a token verifier as '${option}' must be a string, and not empty: ` +
      `current value is ${value === '' ? 'empty' : typeof value}`,
  );
}

/** @throws {RangeError} When it is not an integer, or too small. */
export function checkNumber(option: string, value: number, minimum: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new RangeError(
    `Cannot create a token verifier as '${option}' must be an integer of at least ${minimum}: ` +
      `current value is ${String(value)}`,
  );
}

/** @throws {TypeError} When it is none of the values that it may have. */
export function parseChoice<T extends string>(
  option: string,
  value: unknown,
  choices: readonly T[],
): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  const named = choices.map((choice) => `'${choice}'`).join(' or ');
  throw fault(`'${option}' must be ${named}`, value);
}

function isNonEmpty(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function fault(reason: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot create a token verifier as ${reason}: current value is ${JSON.stringify(value)}`,
  );
}
