import { Service, inject } from '@angular/core';
import { StepUp, type AuthenticationRequirement } from 'angular-stepup';
import { evaluateRequirement, OKTA_ACR_RANKING } from 'stepup-core';
import { Clock } from '../clock';

/** Foretells what the API will say of the person's sign-in; only the API decides. */
@Service()
export class Standing {
  private readonly stepUp = inject(StepUp);
  private readonly now = inject(Clock).now;

  /** Whether the requirement is satisfied at this moment; without one, whether anyone is signed in. */
  satisfies(requirement: AuthenticationRequirement | undefined): boolean {
    const authentication = this.stepUp.authentication();
    if (!authentication || !requirement) return authentication !== undefined;
    const options = { now: this.now(), ranking: OKTA_ACR_RANKING };
    return evaluateRequirement(requirement, authentication, options).satisfied;
  }
}
