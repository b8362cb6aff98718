/**
 * Apps that use one entry of angular-stepup each, for `measureApps()`. The app to compare with has
 * what an entry works on: a router, HttpClient, and an OpenID Connect client of its own in place of a
 * handler.
 */
import { join } from 'node:path';
import { root } from './run.mjs';

/** The packages as they are published, which `npm run build` has to have built. */
export const stepUpPackages = {
  'stepup-core': join(root, 'projects/stepup-core'),
  'angular-stepup': join(root, 'projects/angular-stepup/dist'),
};

const client = (base) => `
@Injectable() class Client extends ${base} {
  readonly authentication = signal(undefined);
  accessToken() { return undefined; }
  async stepUp() { return 'completed' as const; }
}`;

/** One app for each entry of angular-stepup, and `empty` to compare with. */
export const stepUpApps = {
  empty: {
    imports: `abstract class Base {} ${client('Base')}`,
    http: 'withInterceptors([(request, next) => next(request)])',
    features: 'Client,',
    route: `canActivate: [() => true], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly client = inject(Client);',
  },
  main: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, StepUpHandler, withApis, withHandler } from 'angular-stepup';
${client('StepUpHandler')}`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withHandler(Client)),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
    budgetKilobytes: 6,
  },
  okta: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, withApis } from 'angular-stepup';
import { oktaCallbackRoute, withOkta, type OktaAuthLike } from 'angular-stepup/okta';
declare const oktaAuth: OktaAuthLike;`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withOkta(() => oktaAuth)),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
    callback: 'oktaCallbackRoute(),',
  },
  ciba: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, withApis } from 'angular-stepup';
import { withCiba } from 'angular-stepup/ciba';`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withCiba({ apiUrl: 'https://api.example.com' })),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
  },
  dialog: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, StepUpHandler, withApis, withHandler } from 'angular-stepup';
import { withDialog } from 'angular-stepup/dialog';
${client('StepUpHandler')}`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withDialog(withHandler(Client))),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
  },
};
