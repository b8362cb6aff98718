// What must compile, and what must not: `tsc --noEmit` is the test.
import type { OktaAuth as OktaAuth7 } from '@okta/okta-auth-js';
import type { OktaAuth as OktaAuthCore7 } from '@okta/okta-auth-js/core';
import type { OktaAuth as OktaAuth8 } from 'okta-auth-js-8';
import type { OktaAuth as OktaAuthCore8 } from 'okta-auth-js-8/core';

import type { OktaAuthLike, OktaTokenRequest } from './okta-auth-like';
import { withOkta } from './with-okta';

declare const okta7: OktaAuth7;
declare const okta8: OktaAuth8;
declare const core7: OktaAuthCore7;
declare const core8: OktaAuthCore8;

export const likes: readonly OktaAuthLike[] = [okta7, okta8, core7, core8];
export const features = [
  withOkta(okta7),
  withOkta(okta8, { interaction: 'popup' }),
  withOkta(() => core7, { interaction: 'redirect' }),
  withOkta(() => core8, { popupTimeoutSeconds: 60 }),
];

// The parameters are compared here, as methods compare theirs in either direction.
type Accepts<Call extends (request: never) => unknown> = NonNullable<Parameters<Call>[0]>;
declare const request: OktaTokenRequest;
export const redirect7: Accepts<OktaAuth7['token']['getWithRedirect']> = request;
export const redirect8: Accepts<OktaAuth8['token']['getWithRedirect']> = request;
export const popup7: Accepts<OktaAuth7['token']['getWithPopup']> = request;
export const popup8: Accepts<OktaAuth8['token']['getWithPopup']> = request;

// @ts-expect-error: an issuer is not a client
withOkta('https://example.okta.com');
// @ts-expect-error: two interactions only
withOkta(okta7, { interaction: 'iframe' });
