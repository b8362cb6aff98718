/**
 * Throws what a caller gets who passed something wrong.
 *
 * @param action What cannot be done: "define a requirement".
 * @param reason What is wrong with the value: "'maxAge' must be a number".
 * @param value What was passed. It comes from a developer, so it may be shown.
 */
export function refuse(
  action: string,
  reason: string,
  value: unknown,
  kind: ErrorConstructor = RangeError,
): never {
  throw new kind(`Cannot ${action} as ${reason}: current value is ${describe(value)}`);
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'a list' : 'an object';
    case 'symbol':
    case 'function':
      return `a ${typeof value}`;
    default:
      return String(value);
  }
}
