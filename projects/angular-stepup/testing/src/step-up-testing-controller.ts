import { Injectable, inject } from '@angular/core';
import { type Authentication, type AuthenticationRequirement, STEP_UP_CLOCK } from 'angular-stepup';

import { FakeStepUpHandler } from './fake-step-up-handler';
import { TestingStepUp } from './testing-step-up';

/**
 * Plays the end-user and the authorization server in tests of code that steps up.
 *
 * @example
 * const stepUps = TestBed.inject(StepUpTestingController);
 * stepUps.signIn({ subject: 'alice', acr: 'pwd' });
 * // … a request that the API refuses
 * await stepUps.expectOne({ acrValues: ['phr'] }).complete();
 */
@Injectable()
export class StepUpTestingController {
  readonly #handler = inject(FakeStepUpHandler);
  readonly #now = inject(STEP_UP_CLOCK);

  /**
   * Signs a user in without a step-up.
   *
   * @param accessToken @default one that differs from each before
   */
  signIn(authentication: Authentication, accessToken?: string): void {
    this.#handler.signIn(authentication, accessToken);
  }

  signOut(): void {
    this.#handler.signOut();
  }

  /** The access token that requests get now. */
  accessToken(): string | undefined {
    return this.#handler.accessToken();
  }

  /** The step-ups that wait. */
  pending(): readonly TestingStepUp[] {
    return this.#handler.asked().map((asked) => new TestingStepUp(asked, this.#handler, this.#now));
  }

  /**
   * Expects that one step-up waits, and for this requirement if one is given.
   *
   * @throws {Error} When it does not.
   */
  expectOne(requirement?: AuthenticationRequirement): TestingStepUp {
    const [stepUp, ...others] = this.pending();
    if (!stepUp || others.length > 0) {
      throw new Error(`Expected one step-up, found ${this.#describe()}`);
    }
    if (requirement && textOf(requirement) !== textOf(stepUp.requirement)) {
      throw new Error(`Expected a step-up for ${textOf(requirement)}, found ${this.#describe()}`);
    }
    return stepUp;
  }

  /**
   * Expects that no step-up waits.
   *
   * @throws {Error} When one does.
   */
  expectNone(): void {
    if (this.pending().length > 0)
      throw new Error(`Expected no step-up, found ${this.#describe()}`);
  }

  #describe(): string {
    return (
      this.pending()
        .map(({ requirement }) => textOf(requirement))
        .join(' and ') || 'none'
    );
  }
}

function textOf({ acrValues, maxAge }: AuthenticationRequirement): string {
  return JSON.stringify({ acrValues, maxAge });
}
