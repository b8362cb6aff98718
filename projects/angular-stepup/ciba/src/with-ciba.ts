import { inject } from '@angular/core';
import { type StepUpFeature, defineHandlerFeature } from 'angular-stepup';

import { CIBA_SETTINGS, type CibaOptions, readOptions } from './ciba-options';
import { CibaStepUpHandler } from './ciba-step-up-handler';

/**
 * Steps up by approval on another device, without leaving the page: through an API that has
 * `nest-stepup/ciba`, and OpenID CIBA.
 *
 * `withDialog()` goes around it: it shows the code that the end-user is to compare. Who steps up is
 * signed in already: with another handler, such as `withOkta()` beside it, or by {@link QrSignIn}.
 *
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` for an `apiUrl` that is no https URL (http only
 *   on this computer) and no path, and for an unknown binding, storage or path.
 *
 * @example
 * provideStepUp(
 *   withApis('https://api.example.com'),
 *   withDialog(withCiba({ apiUrl: 'https://api.example.com' })),
 * )
 *
 * @see [CIBA](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html)
 */
export function withCiba(options: CibaOptions): StepUpFeature<'handler'> {
  const settings = readOptions(options);
  const { name = 'ciba', acrRanking } = options;
  return defineHandlerFeature(
    { name, create: () => inject(CibaStepUpHandler), ...(acrRanking && { acrRanking }) },
    [{ provide: CIBA_SETTINGS, useValue: settings }, CibaStepUpHandler],
  );
}
