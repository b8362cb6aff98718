import type { EnvironmentProviders } from '@angular/core';
import type { Routes } from '@angular/router';
import { provideStepUp, withApis, withChoice, withHandler } from 'angular-stepup';
import { withCiba } from 'angular-stepup/ciba';
import { OwnHandler } from './own-handler';

export const routes: Routes = [];
export const providers: EnvironmentProviders = provideStepUp(
  withApis('/api'),
  withHandler(OwnHandler),
  withCiba({ apiUrl: '/api' }),
  withChoice(() => 'ciba'),
);
