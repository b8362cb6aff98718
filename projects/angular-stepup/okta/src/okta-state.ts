const PREFIX = 'step-up.';

/**
 * Makes the `state` of a step-up's authorization request: its answer is told from a sign-in's by it.
 *
 * @see [RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)
 */
export function stepUpState(): string {
  return PREFIX + crypto.randomUUID();
}

/** Whether an answer is one to a step-up, not to a sign-in. */
export function isStepUpState(state: string | null): boolean {
  return state?.startsWith(PREFIX) ?? false;
}
