import { literal } from './source.js';

/** The OpenID Connect client of an app that signs in with Okta. */
export function oktaAuth(issuer: string, clientId: string): string {
  return `import { InjectionToken } from '@angular/core';
import { OktaAuth } from '@okta/okta-auth-js';

/** Signs in and out: \`inject(OKTA_AUTH).signInWithRedirect()\`. Only for code that runs in a browser. */
export const OKTA_AUTH = new InjectionToken<OktaAuth>('OKTA_AUTH', {
  providedIn: 'root',
  factory: () =>
    new OktaAuth({
      issuer: ${literal(issuer)},
      clientId: ${literal(clientId)},
      redirectUri: \`\${location.origin}/login/callback\`,
    }),
});
`;
}

/** A page that a step-up is asked for. */
export const examplePage = `import { Component, inject } from '@angular/core';
import { StepUp } from 'angular-stepup';

/** Opens after the step-up that its route's data ask for. */
@Component({
  selector: 'app-step-up-example',
  template: \`
    <h1>You stepped up</h1>
    <p>acr: {{ stepUp.authentication()?.acr }}</p>
  \`,
})
export class StepUpExample {
  protected readonly stepUp = inject(StepUp);
}
`;

/** Where an app's own OpenID Connect client comes in. */
export const ownHandler = `import { Injectable, signal } from '@angular/core';
import {
  type Authentication,
  type AuthenticationRequirement,
  type StepUpContext,
  StepUpHandler,
  type StepUpOutcome,
} from 'angular-stepup';

/** Steps up with the OpenID Connect client that this app signs in with. */
@Injectable({ providedIn: 'root' })
export class OwnStepUpHandler extends StepUpHandler {
  /** What the ID token says: acr, auth_time and sub. \`undefined\` while nobody is signed in. */
  readonly authentication = signal<Authentication | undefined>(undefined);

  /** The access token for the API. */
  accessToken(): string | undefined {
    return undefined;
  }

  async stepUp(
    requirement: AuthenticationRequirement,
    context: StepUpContext,
  ): Promise<StepUpOutcome> {
    const authentication = await this.signInAgain(requirement);
    // Throws when it does not do. Only then store the new tokens.
    context.verify(authentication);
    this.authentication.set(authentication);
    return 'completed';
  }

  /** Yours to write: an authorization request with these parameters, by redirect or popup. */
  private async signInAgain({
    acrValues,
    maxAge,
  }: AuthenticationRequirement): Promise<Authentication> {
    const parameters = { acr_values: acrValues?.join(' '), max_age: maxAge };
    throw new Error(\`signInAgain() is not written yet: \${JSON.stringify(parameters)}\`);
  }
}
`;
