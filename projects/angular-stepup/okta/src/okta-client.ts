import { isPlatformBrowser } from '@angular/common';
import { InjectionToken, PLATFORM_ID, inject } from '@angular/core';

import type { OktaAuthLike } from './okta-auth-like';

/** The app's `OktaAuth`; `undefined` on a server, where it is not made at all. */
export const OKTA_CLIENT = new InjectionToken<OktaAuthLike | undefined>('OKTA_CLIENT');

/** Makes the value of {@link OKTA_CLIENT}, in an injection context. */
export function oktaClientFrom(
  oktaAuth: OktaAuthLike | (() => OktaAuthLike),
): OktaAuthLike | undefined {
  if (!isPlatformBrowser(inject(PLATFORM_ID))) return undefined;
  return typeof oktaAuth === 'function' ? oktaAuth() : oktaAuth;
}
