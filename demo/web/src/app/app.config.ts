import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { provideBrowserGlobalErrorListeners, type ApplicationConfig } from '@angular/core';
import { provideRouter, withInMemoryScrolling, withRouterConfig } from '@angular/router';
import { provideStepUp, stepUpInterceptor, withApis } from 'angular-stepup';
import { withOkta } from 'angular-stepup/okta';
import { activityInterceptor } from './activity/activity-interceptor';
import { routes } from './app.routes';
import { DEMO_CONFIG, type DemoConfig } from './demo-config';
import { createOktaAuth, OKTA_AUTH } from './session/okta-auth';
import { INTERACTION, storedInteraction } from './step-up/interaction';
import { phoneFeatures } from './step-up/phone';

/** Everything that the app is made of, for a configuration that came from the server. */
export function appConfig(config: DemoConfig): ApplicationConfig {
  const oktaAuth = createOktaAuth(config);
  const chosen = storedInteraction(config);
  const interaction = chosen === 'redirect' ? 'redirect' : 'popup';
  const phone = phoneFeatures(config, chosen);
  return {
    providers: [
      provideBrowserGlobalErrorListeners(),
      provideRouter(
        routes,
        withInMemoryScrolling({ scrollPositionRestoration: 'enabled' }),
        // A guard that fails is told in the message area, not as an unhandled rejection.
        withRouterConfig({ resolveNavigationPromiseOnError: true }),
      ),
      // #region step-up
      provideHttpClient(withInterceptors([stepUpInterceptor, activityInterceptor])),
      provideStepUp(withApis(config.apiUrl), ...phone, withOkta(oktaAuth, { interaction })),
      // #endregion
      { provide: DEMO_CONFIG, useValue: config },
      { provide: OKTA_AUTH, useValue: oktaAuth },
      { provide: INTERACTION, useValue: chosen },
    ],
  };
}
