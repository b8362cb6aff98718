import type { EnvironmentProviders } from '@angular/core';
import type { Routes } from '@angular/router';
import { provideStepUp, withApis, withHandler } from 'angular-stepup';
import { OwnHandler } from './own-handler';

export const routes: Routes = [];
export const providers: EnvironmentProviders = provideStepUp(
  withApis('/api'),
  withHandler(OwnHandler),
);
