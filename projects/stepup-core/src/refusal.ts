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
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
