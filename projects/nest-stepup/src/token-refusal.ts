/**
 * Why a token is refused, on its way from the check that found it to the verifier's log.
 *
 * Reasons are fixed texts that follow "as": nothing that came with the token is ever in one.
 */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';

  /** @param description What the caller is told; without it, only that the token is invalid. */
  constructor(
    reason: string,
    readonly description?: string,
  ) {
    super(reason);
  }
}
