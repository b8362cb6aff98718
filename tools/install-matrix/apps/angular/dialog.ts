import type { EnvironmentProviders } from '@angular/core';
import type { Routes } from '@angular/router';
import { provideStepUp, withApis, withHandler } from 'angular-stepup';
import { withDialog } from 'angular-stepup/dialog';
import { OwnHandler } from './own-handler';

export const routes: Routes = [];
export const providers: EnvironmentProviders = provideStepUp(
  withApis('/api'),
  withDialog(withHandler(OwnHandler)),
);
