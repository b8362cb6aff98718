import { Injectable, signal } from '@angular/core';
import {
  StepUpHandler,
  type Authentication,
  type AuthenticationRequirement,
  type StepUpContext,
  type StepUpOutcome,
} from 'angular-stepup';

/** An OpenID Connect client that gets what it asks for. */
@Injectable({ providedIn: 'root' })
export class OwnHandler extends StepUpHandler {
  private token = 'weak';
  readonly authentication = signal<Authentication>({ subject: 'alice', acr: 'pwd' });

  accessToken(): string {
    return this.token;
  }

  async stepUp(
    { acrValues: [acr] = [] }: AuthenticationRequirement,
    { verify }: StepUpContext,
  ): Promise<StepUpOutcome> {
    const authentication = { subject: 'alice', ...(acr !== undefined && { acr }) };
    verify(authentication);
    this.token = 'strong';
    this.authentication.set(authentication);
    return 'completed';
  }
}
