import { inject } from '@angular/core';
import type { Routes } from '@angular/router';
import { stepUpGuard } from 'angular-stepup';
import { oktaCallbackRoute } from 'angular-stepup/okta';
import { Home } from './home/home';
import { Notices } from './notice/notices';
import { signedInGuard } from './session/signed-in-guard';

export const routes: Routes = [
  { path: '', component: Home, pathMatch: 'full', title: 'Harbour Bank' },
  {
    path: 'accounts',
    canActivate: [signedInGuard],
    loadComponent: () => import('./accounts/accounts').then(({ Accounts }) => Accounts),
    title: 'Accounts · Harbour Bank',
  },
  // #region profile
  {
    path: 'profile',
    canActivate: [stepUpGuard],
    data: { stepUp: { acrValues: ['urn:okta:loa:2fa:any'] } },
    loadComponent: () => import('./profile/profile').then(({ Profile }) => Profile),
    title: 'Profile · Harbour Bank',
  },
  // #endregion
  {
    path: 'messages',
    canActivate: [signedInGuard],
    loadComponent: () => import('./messages/messages').then(({ Messages }) => Messages),
    title: 'Messages · Harbour Bank',
  },
  {
    path: 'transfer',
    canActivate: [signedInGuard],
    loadComponent: () => import('./transfer/transfer').then(({ TransferPage }) => TransferPage),
    title: 'Transfer · Harbour Bank',
  },
  oktaCallbackRoute('login/callback', () => {
    inject(Notices).tell(
      'problem',
      'You are not signed in',
      'Signing in was not finished. Nothing was changed.',
    );
    return '/';
  }),
  { path: '**', redirectTo: '' },
];
