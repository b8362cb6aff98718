import { inject } from '@angular/core';
import { Router, type CanActivateFn } from '@angular/router';
import { Session } from './session';

/** Opens a page to those who are signed in, and takes everyone else there first. */
export const signedInGuard: CanActivateFn = async (_route, { url }) => {
  const session = inject(Session);
  const home = inject(Router).parseUrl('/');
  if (session.isSignedIn()) return true;
  await session.signIn(url);
  return home;
};
