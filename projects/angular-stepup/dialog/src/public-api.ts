// Providing
export { withDialog } from './with-dialog';
export type { StepUpDialogOptions } from './dialog-step-up-handler';

// Any other flow, such as a sign-in by QR code
export { StepUpDialog } from './step-up-dialog';
export type { StepUpDialogDetails, StepUpFlow } from './step-up-flow';

// Texts
export { STEP_UP_DIALOG_TEXTS, provideStepUpDialogTexts } from './step-up-dialog-texts';
export type { StepUpDialogTexts, StepUpDialogTextsSource } from './step-up-dialog-texts';
