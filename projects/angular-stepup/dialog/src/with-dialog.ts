import { StepUpError, type StepUpFeature, defineHandlerFeature } from 'angular-stepup';

import { DialogStepUpHandler, type StepUpDialogOptions } from './dialog-step-up-handler';

const made = /* @__PURE__ */ new WeakSet<StepUpFeature>();

/**
 * Puts a dialog around a handler: it asks first, shows how the step-up goes on, and lets the
 * end-user try again or cancel.
 *
 * Component, CDK and QR code are loaded when the dialog first opens. When they cannot be loaded, the
 * step-up fails with `ERR_STEPUP_FAILED`.
 *
 * @throws {StepUpError} `ERR_STEPUP_CONFIGURATION` for a handler that has a dialog already.
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
  if (made.has(feature)) {
    // Two dialogs are never open at once: the inner one would wait for the outer one for ever.
    throw new StepUpError(
      'ERR_STEPUP_CONFIGURATION',
      'Cannot step up as the handler has a dialog already: remove one withDialog()',
    );
  }
  const { ɵvalue: definition, ɵproviders: providers } = feature;
  const wrapped = defineHandlerFeature(
    { ...definition, create: () => new DialogStepUpHandler(definition.create(), options) },
    providers,
  );
  made.add(wrapped);
  return wrapped;
}
