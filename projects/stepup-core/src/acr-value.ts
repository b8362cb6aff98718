import { refuse } from './refusal.js';

// A space would make two values of one in `acr_values`; a quote or a backslash would have to be
// escaped in every header that names the value.
const ACR_VALUE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether a text can be the name of an authentication context class. */
export function isAcrValue(text: string): boolean {
  return ACR_VALUE.test(text);
}

/**
 * Throws unless a value can be the name of an authentication context class.
 *
 * @param action What cannot be done without: "define a requirement".
 * @param place Where the value stands: "acrValues[0]".
 * @throws {TypeError} When it is not a string.
 * @throws {RangeError} When it is empty or has characters that such a name may not have.
 */
export function assertAcrValue(
  value: unknown,
  action: string,
  place: string,
): asserts value is string {
  if (typeof value === 'string' && isAcrValue(value)) return;
  refuse(
    action,
    `'${place}' must be printable ASCII without spaces, quotes and backslashes`,
    value,
    typeof value === 'string' ? RangeError : TypeError,
  );
}
