import type { Signal } from '@angular/core';
import type {
  Authentication,
  AuthenticationRequirement,
  StepUpChallenge,
  TransactionStatus,
} from 'stepup-core';

/**
 * How an app obtains a stronger or fresher authentication: what an OIDC client has to offer.
 *
 * It is created in a browser only, before it is first used: it may `inject()` the OIDC client that it drives.
 */
export abstract class StepUpHandler {
  /** What the **ID token** says about the end-user's authentication; `undefined`: not signed in. */
  abstract readonly authentication: Signal<Authentication | undefined>;

  /** How the step-up under way goes on elsewhere, for a handler whose end-user does not leave the page. */
  declare readonly progress?: Signal<StepUpProgress | undefined>;

  /** The access token to send to the APIs, `undefined` when there is none. */
  abstract accessToken(): string | undefined | Promise<string | undefined>;

  /**
   * Has the end-user authenticate so that the requirement is met, and stores the new tokens.
   *
   * It calls {@link StepUpContext.verify} before it stores them. Never answered by a token refresh.
   *
   * @returns `'completed'` when the new tokens are stored, `'redirecting'` when the page is being
   *   left; `StepUpReturns` then finds the step-up again.
   * @throws {StepUpError} When it could not be completed; anything else becomes `ERR_STEPUP_FAILED`.
   */
  abstract stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome>;
}

/** What a page can show of a step-up, or of a sign-in, that goes on at another device. */
export interface StepUpProgress {
  readonly status: TransactionStatus;
  /**
   * `starting`: the other device is being asked; `scanning`: the end-user is to scan the QR code;
   * `approving`: the end-user is to answer on the other device; `reconnecting`: as before, but the
   * API cannot be reached at the moment; `completing`: approved, the tokens are on their way.
   */
  readonly phase: 'starting' | 'scanning' | 'approving' | 'reconnecting' | 'completing';
  /** Text that both devices show, so that the end-user can compare. */
  readonly bindingMessage?: string;
  /** What a QR code is to say, while `phase` is `scanning`. */
  readonly qr?: string;
  /** The deadline, in seconds since the Unix epoch. */
  readonly expiresAt?: number;
}

/** How a step-up ended that did not fail. */
export type StepUpOutcome = 'completed' | 'redirecting';

/** What a handler may need to know about the step-up that it carries out. */
export interface StepUpContext {
  /** Router URL to come back to, with exactly one leading slash. */
  readonly returnUrl: string;
  /** The API's challenge, when one started the step-up. */
  readonly challenge?: StepUpChallenge | undefined;
  /** Aborted when the step-up is cancelled. */
  readonly signal: AbortSignal;
  /**
   * Checks a new authentication, of the ID token, before its tokens are stored.
   *
   * @throws {StepUpError} `ERR_STEPUP_UNMET` when it does not satisfy the requirement,
   *   `ERR_STEPUP_DENIED` when another user signed in: the old tokens must stay.
   */
  verify(authentication: Authentication): void;
}
