import { Injectable, signal } from '@angular/core';
import {
  type Authentication,
  type AuthenticationRequirement,
  type StepUpContext,
  StepUpHandler,
  type StepUpOutcome,
} from 'angular-stepup';

/** A step-up as its handler was asked for it. */
export interface AskedStepUp {
  readonly requirement: AuthenticationRequirement;
  readonly context: StepUpContext;
  readonly resolve: (outcome: StepUpOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A handler whose step-ups a test carries out. */
@Injectable()
export class FakeStepUpHandler extends StepUpHandler {
  override readonly authentication = signal<Authentication | undefined>(undefined);
  readonly asked = signal<readonly AskedStepUp[]>([]);
  #token: string | undefined;
  #tokens = 0;

  /** Stores what a sign-in or a step-up led to. */
  signIn(authentication: Authentication, accessToken?: string): void {
    this.#tokens += 1;
    this.#token = accessToken ?? `test-token-${this.#tokens}`;
    this.authentication.set(authentication);
  }

  signOut(): void {
    this.#token = undefined;
    this.authentication.set(undefined);
  }

  forget(stepUp: AskedStepUp): void {
    this.asked.update((asked) => asked.filter((other) => other !== stepUp));
  }

  override accessToken(): string | undefined {
    return this.#token;
  }

  override stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome> {
    return new Promise((resolve, reject) => {
      const stepUp = { requirement, context, resolve, reject };
      this.asked.update((asked) => [...asked, stepUp]);
      context.signal.addEventListener('abort', () => this.forget(stepUp));
    });
  }
}
