import { type StepUpProgress, isStepUpError } from 'angular-stepup';

import type { FlowStage } from './conducted-flow';
import type { StepUpDialogTexts } from './step-up-dialog-texts';
import type { StepUpDialogDetails } from './step-up-flow';

/** What the dialog shows. */
export interface DialogView {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** Text for the end-user to compare with the other device. */
  readonly code?: string | undefined;
  /** What a QR code is to say. */
  readonly qr?: string | undefined;
  /** Of what is shown, in seconds since the Unix epoch. */
  readonly expiresAt?: number | undefined;
  /** What the end-user may do besides leaving. */
  readonly action?: 'continue' | 'tryAgain' | undefined;
}

/** How a flow goes on elsewhere, as far as it is shown. */
export type ShownProgress = Omit<StepUpProgress, 'status'>;

/**
 * Puts into words where a flow stands.
 *
 * @param progress `undefined` for a flow that does not tell.
 */
export function dialogView(
  stage: FlowStage,
  progress: ShownProgress | undefined,
  { kind, reason, requirement }: StepUpDialogDetails,
  texts: StepUpDialogTexts,
): DialogView {
  const heading = kind === 'sign-in' ? texts.signInHeading : texts.stepUpHeading;
  switch (stage.name) {
    case 'asking': {
      const why = [reason, requirement && texts.requirement(requirement)];
      return {
        heading,
        paragraphs: [...why.filter(isText), kind === 'sign-in' ? texts.askSignIn : texts.ask],
        action: 'continue',
      };
    }
    case 'running':
      return {
        heading,
        paragraphs: [reason, progress ? texts[progress.phase] : texts.waiting].filter(isText),
        ...(progress && detailsOf(progress)),
      };
    case 'redirecting':
      return { heading, paragraphs: [texts.redirecting] };
    default:
      return {
        heading: texts.endedHeading,
        paragraphs: [texts[endingOf(stage.error)]],
        // A fault of the app's setup is there the next time, too.
        ...(codeOf(stage.error) !== 'ERR_STEPUP_CONFIGURATION' && { action: 'tryAgain' }),
      };
  }
}

/** What is of no use to the end-user any more is not shown. */
function detailsOf(progress: ShownProgress): Partial<DialogView> {
  const { phase, bindingMessage: code, qr, expiresAt } = progress;
  if (phase === 'completing') return {};
  const isToScan = phase === 'scanning' || phase === 'reconnecting';
  return { code, expiresAt, ...(isToScan && { qr }) };
}

type Ending = 'denied' | 'expired' | 'cancelled' | 'unmet' | 'popupBlocked' | 'failed';

const ENDINGS: ReadonlyMap<string | undefined, Ending> = /* @__PURE__ */ new Map<
  string | undefined,
  Ending
>([
  ['ERR_STEPUP_DENIED', 'denied'],
  ['ERR_STEPUP_EXPIRED', 'expired'],
  ['ERR_STEPUP_CANCELLED', 'cancelled'],
  ['ERR_STEPUP_UNMET', 'unmet'],
  ['ERR_STEPUP_POPUP_BLOCKED', 'popupBlocked'],
]);

function endingOf(error: unknown): Ending {
  return ENDINGS.get(codeOf(error)) ?? 'failed';
}

function codeOf(error: unknown): string | undefined {
  return isStepUpError(error) ? error.code : undefined;
}

function isText(text: string | undefined): text is string {
  return !!text;
}
