import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { FakeOktaAuth, idTokenWith, sdkError } from './fake-okta-auth';
import { requestInPopup } from './okta-popup';

const REQUEST = { state: 's', maxAge: 60 };

describe('requestInPopup()', () => {
  const receive = jest.fn();
  const popup = { closed: false, close: jest.fn() };
  const open = (opened: typeof popup | null = popup) =>
    jest.spyOn(window, 'open').mockReturnValue(opened as never);
  const options = (signal: AbortSignal = new AbortController().signal) => ({
    window,
    signal,
    timeoutSeconds: 90,
    receive,
  });

  afterEach(() => {
    jest.restoreAllMocks();
    popup.close.mockReset();
    receive.mockReset();
  });

  it('opens the popup before the SDK is asked, and has the SDK use it', async () => {
    const okta = new FakeOktaAuth();
    const opened = open();
    const tokens = { idToken: idTokenWith({ sub: 'alice' }) };
    okta.answer = async () => {
      expect(opened).toHaveBeenCalledTimes(1);
      return { tokens };
    };
    await requestInPopup(okta, REQUEST, options());
    expect(receive).toHaveBeenCalledWith(tokens);
    expect(opened.mock.calls[0]?.slice(0, 2)).toEqual(['about:blank', 'step-up-s']);
    expect(okta.popups).toEqual([
      { ...REQUEST, initialPath: 'about:blank', popupTitle: 'step-up-s', timeout: 90_000 },
    ]);
    expect(popup.close).toHaveBeenCalled();
  });

  it.each([
    ['blocked', null],
    ['closed as soon as it is open', { ...popup, closed: true }],
  ])('rejects when the popup is %s', async (_case, opened) => {
    const okta = new FakeOktaAuth();
    open(opened);
    await expect(requestInPopup(okta, REQUEST, options())).rejects.toMatchObject({
      code: 'ERR_STEPUP_POPUP_BLOCKED',
    });
    expect(okta.popups).toEqual([]);
  });

  it('closes the popup at once when the signal is aborted', async () => {
    const okta = new FakeOktaAuth();
    open();
    okta.answer = () => new Promise(() => undefined);
    const controller = new AbortController();
    const tokens = requestInPopup(okta, REQUEST, options(controller.signal));
    controller.abort();
    await expect(tokens).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(popup.close).toHaveBeenCalled();
  });

  it('opens nothing when the signal is aborted already', async () => {
    const opened = open();
    await expect(
      requestInPopup(new FakeOktaAuth(), REQUEST, options(AbortSignal.abort())),
    ).rejects.toMatchObject({ code: 'ERR_STEPUP_CANCELLED' });
    expect(opened).not.toHaveBeenCalled();
  });

  it("closes the popup and rethrows the SDK's error", async () => {
    const okta = new FakeOktaAuth();
    const error = sdkError('AuthSdkError', 'INTERNAL', 'Invalid code_challenge_method');
    open();
    okta.answer = () => Promise.reject(error);
    await expect(requestInPopup(okta, REQUEST, options())).rejects.toBe(error);
    expect(popup.close).toHaveBeenCalled();
  });
});
