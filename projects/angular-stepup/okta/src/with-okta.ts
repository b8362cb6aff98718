import { APP_BOOTSTRAP_LISTENER, Injector, inject } from '@angular/core';
import { type StepUpFeature, defineHandlerFeature } from 'angular-stepup';
import { OKTA_ACR_RANKING, StepUpError } from 'stepup-core';

import type { OktaAuthLike } from './okta-auth-like';
import { OKTA_CLIENT, oktaClientFrom } from './okta-client';
import {
  OKTA_STEP_UP_OPTIONS,
  type OktaStepUpOptions,
  OktaStepUpHandler,
} from './okta-step-up-handler';

/**
 * Steps up with Okta, or with any OpenID provider that the app's okta-auth-js talks to.
 *
 * Brings Okta's ranking of acr values, starts the client's services (renewal among them) in the
 * browser and leaves it alone on a server. Sign-in and sign-out stay with the app's `OktaAuth`;
 * its `redirectUri` has to lead to {@link oktaCallbackRoute}.
 *
 * @param oktaAuth An `OktaAuth` of okta-auth-js 7 or 8, or a function that makes or injects it: it
 *   is called once, in the browser, in an injection context. With okta-angular:
 *   `() => inject(OKTA_AUTH)`.
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` for an unknown interaction, or a timeout that is
 *   not a positive number.
 *
 * @example
 * provideStepUp(withApis('https://api.example.com'), withOkta(oktaAuth, { interaction: 'popup' }))
 */
export function withOkta(
  oktaAuth: OktaAuthLike | (() => OktaAuthLike),
  options: OktaStepUpOptions = {},
): StepUpFeature<'handler'> {
  refuseWrong(options);
  return defineHandlerFeature(
    { name: 'okta', create: () => inject(OktaStepUpHandler), acrRanking: OKTA_ACR_RANKING },
    [
      { provide: OKTA_CLIENT, useFactory: () => oktaClientFrom(oktaAuth) },
      { provide: OKTA_STEP_UP_OPTIONS, useValue: options },
      OktaStepUpHandler,
      {
        // Not earlier: an app initializer may still fetch what the client is made from.
        provide: APP_BOOTSTRAP_LISTENER,
        multi: true,
        useFactory:
          (injector = inject(Injector)) =>
          () =>
            injector.get(OktaStepUpHandler),
      },
    ],
  );
}

function refuseWrong({ interaction = 'redirect', popupTimeoutSeconds = 1 }: OktaStepUpOptions) {
  if (!['redirect', 'popup'].includes(interaction)) {
    throw new StepUpError(
      'ERR_STEPUP_CONFIGURATION',
      `Cannot use Okta as 'interaction' must be 'redirect' or 'popup': current value is ${JSON.stringify(interaction)}`,
    );
  }
  if (!Number.isFinite(popupTimeoutSeconds) || popupTimeoutSeconds <= 0) {
    throw new StepUpError(
      'ERR_STEPUP_CONFIGURATION',
      `Cannot use Okta as 'popupTimeoutSeconds' must be positive: current value is ${JSON.stringify(popupTimeoutSeconds)}`,
    );
  }
}
