import { type StepUpFeature, defineHandlerFeature } from 'angular-stepup';

import { DialogStepUpHandler, type StepUpDialogOptions } from './dialog-step-up-handler';

/**
 * Puts a dialog around a handler: it asks first, shows how the step-up goes on, and lets the
 * end-user try again or cancel.
 *
 * Component, CDK and QR code are loaded when the dialog first opens. When they cannot be loaded, the
 * step-up fails with `ERR_STEPUP_FAILED`.
 *
 * @example
 * provideStepUp(withApis('https://api.example.com'), withDialog(withCiba({ apiUrl })))
 *
 * @example
 * provideStepUp(withApis('/api'), withDialog(withOkta(oktaAuth, { interaction: 'popup' })))
 */
export function withDialog(
  feature: StepUpFeature<'handler'>,
  options: StepUpDialogOptions = {},
): StepUpFeature<'handler'> {
  const { ɵvalue: definition, ɵproviders: providers } = feature;
  return defineHandlerFeature(
    { ...definition, create: () => new DialogStepUpHandler(definition.create(), options) },
    providers,
  );
}
