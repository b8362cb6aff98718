import type {
  Authentication,
  AuthenticationRequirement,
  StepUpContext,
  StepUpOutcome,
} from 'angular-stepup';
import { StepUpError } from 'stepup-core';

import type { AskedStepUp, FakeStepUpHandler } from './fake-step-up-handler';

/**
 * A step-up that waits for the test to carry it out.
 *
 * The methods that end it resolve when all that waited for it was told.
 */
export class TestingStepUp {
  readonly requirement: AuthenticationRequirement;
  readonly context: StepUpContext;
  readonly #asked: AskedStepUp;
  readonly #handler: FakeStepUpHandler;
  readonly #now: () => number;

  constructor(asked: AskedStepUp, handler: FakeStepUpHandler, now: () => number) {
    this.requirement = asked.requirement;
    this.context = asked.context;
    this.#asked = asked;
    this.#handler = handler;
    this.#now = now;
  }

  /**
   * The end-user authenticates: checked as a handler has to, then stored.
   *
   * @param authentication What the new ID token says, over one of the same user, just now, with the
   *   first acr value of the requirement.
   * @param accessToken The new access token. @default one that differs from each before
   */
  complete(authentication: Authentication = {}, accessToken?: string): Promise<void> {
    const [acr] = this.requirement.acrValues ?? [];
    const before = this.#handler.authentication();
    const after: Authentication = {
      subject: 'test-user',
      ...before,
      ...(acr !== undefined && { acr }),
      authTime: Math.floor(this.#now()),
      ...authentication,
    };
    try {
      this.context.verify(after);
    } catch (error) {
      return this.fail(error);
    }
    this.#handler.signIn(after, accessToken);
    return this.end('completed');
  }

  /** The handler leaves the page: what waits stays pending, and drafts are saved. */
  async redirect(): Promise<void> {
    await this.end('redirecting');
    globalThis.dispatchEvent(new Event('pagehide'));
  }

  /** The handler says how it ended, without a check, whatever it has stored. */
  end(outcome: StepUpOutcome): Promise<void> {
    return this.#end(() => this.#asked.resolve(outcome));
  }

  /** The end-user says no. */
  deny(): Promise<void> {
    return this.fail(new StepUpError('ERR_STEPUP_DENIED', 'Cannot step up as the test denied it'));
  }

  /** The end-user closes the prompt. */
  cancel(): Promise<void> {
    return this.fail(
      new StepUpError('ERR_STEPUP_CANCELLED', 'Cannot step up as the test cancelled it'),
    );
  }

  /** The handler rejects. */
  fail(error: unknown): Promise<void> {
    return this.#end(() => this.#asked.reject(error));
  }

  async #end(settle: () => void): Promise<void> {
    this.#handler.forget(this.#asked);
    settle();
    // Not a timer: a test may have replaced them.
    for (let reaction = 0; reaction < 50; reaction += 1) await Promise.resolve();
  }
}
