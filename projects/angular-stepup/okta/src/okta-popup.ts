import { StepUpError } from 'stepup-core';

import type { OktaAuthLike, OktaTokenRequest, OktaTokens } from './okta-auth-like';

/** How a popup is run. */
export interface OktaPopupOptions {
  readonly window: Window;
  /** Closes the popup. */
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Gets the tokens, in the first `then()` of the SDK's promise; not after an abort. */
  readonly receive: (tokens: OktaTokens) => void;
}

/**
 * Sends an authorization request through a popup.
 *
 * The popup is opened here, under a name by which the SDK then finds it again: to the SDK a blocked
 * popup looks like a closed one, and it opens its own only when its queue lets it.
 *
 * @throws {StepUpError} `ERR_STEPUP_POPUP_BLOCKED`, or `ERR_STEPUP_CANCELLED` on the signal;
 *   the errors of the SDK and of `receive` are thrown as they are.
 */
export async function requestInPopup(
  okta: OktaAuthLike,
  request: OktaTokenRequest,
  { window, signal, timeoutSeconds, receive }: OktaPopupOptions,
): Promise<void> {
  if (signal.aborted) throw cancelled();
  const name = `step-up-${request.state}`;
  const popup = window.open('about:blank', name, placeOver(window));
  if (!popup || popup.closed) {
    throw new StepUpError(
      'ERR_STEPUP_POPUP_BLOCKED',
      'Cannot step up as the browser blocked the popup: call satisfy() from a click',
    );
  }
  try {
    const answer = okta.token.getWithPopup({
      ...request,
      // The default is the app's own root: the whole app would start in the popup.
      initialPath: 'about:blank',
      popupTitle: name,
      timeout: timeoutSeconds * 1000,
    });
    const received = answer.then(({ tokens }) => (signal.aborted ? undefined : receive(tokens)));
    await untilAborted(received, signal);
  } finally {
    // The SDK leaves it open when the request fails before it is sent, and after an abort.
    popup.close();
  }
}

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
}

function cancelled(): StepUpError {
  return new StepUpError('ERR_STEPUP_CANCELLED', 'Cannot step up as the step-up was cancelled');
}

function placeOver({ screenX, screenY, outerWidth, outerHeight }: Window): string {
  const [width, height] = [500, 700];
  const left = Math.round(screenX + (outerWidth - width) / 2);
  const top = Math.round(screenY + (outerHeight - height) / 2);
  return `popup,width=${width},height=${height},left=${left},top=${top}`;
}
