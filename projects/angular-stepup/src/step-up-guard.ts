import { isPlatformBrowser } from '@angular/common';
import { PLATFORM_ID, inject } from '@angular/core';
import {
  type ActivatedRouteSnapshot,
  type Data,
  type Route,
  Router,
  type RouterStateSnapshot,
  type UrlSegment,
} from '@angular/router';
import { type AuthenticationRequirement, isStepUpError } from 'stepup-core';

import { stepUpError } from './step-up-error';
import { StepUpHandlers } from './step-up-handlers';
import { StepUpRunner } from './step-up-runner';

declare const ngDevMode: unknown;

/**
 * Opens a route only after the step-up that its data asks for.
 *
 * It serves as `canActivate`, `canActivateChild` and `canMatch`. The requirement is the route's
 * `data.stepUp` (`acrValues`: a list, or a text with spaces; `maxAge`: seconds) or
 * `data.okta.acrValues`; those of its parents hold too (for `canMatch`, of those that are not loaded lazily).
 *
 * It reads the ID token and saves the user a failed request; it protects nothing. Only the resource
 * server can enforce a requirement.
 *
 * @returns `false` when the step-up was cancelled or denied: `StepUp.error()` says so.
 * @throws {StepUpError} For any other failure; `ERR_STEPUP_CONFIGURATION` when the route asks for
 *   nothing, or for what cannot be.
 *
 * @example
 * {
 *   path: 'profile',
 *   component: Profile,
 *   canActivate: [stepUpGuard],
 *   data: { stepUp: { acrValues: ['urn:okta:loa:2fa:any'], maxAge: 300 } },
 * }
 */
export async function stepUpGuard(
  route: ActivatedRouteSnapshot | Route,
  stateOrSegments: RouterStateSnapshot | readonly UrlSegment[],
): Promise<boolean> {
  if (!isPlatformBrowser(inject(PLATFORM_ID))) return true;
  const runner = inject(StepUpRunner);
  const router = inject(Router);
  const requirement = requirementOf(route, inject(StepUpHandlers), router.config);
  // Read now: by the time that a step-up starts, another navigation may be under way.
  const returnUrl = 'url' in stateOrSegments ? stateOrSegments.url : urlOfNavigation(router);
  try {
    await runner.ensure({ requirement, returnUrl });
    return true;
  } catch (error) {
    if (isStepUpError(error) && /_(CANCELLED|DENIED)$/.test(error.code)) return false;
    throw error;
  }
}

function requirementOf(
  route: ActivatedRouteSnapshot | Route,
  handlers: StepUpHandlers,
  routes: readonly Route[],
): AuthenticationRequirement {
  const path = 'pathFromRoot' in route ? route.pathFromRoot : (pathTo(route, routes) ?? [route]);
  let cause: unknown;
  try {
    const requirement = handlers.combine(path.flatMap(({ data }) => requirementsIn(data)));
    if (requirement) return requirement;
  } catch (error) {
    cause = error;
  }
  const hint =
    typeof ngDevMode === 'undefined' || ngDevMode
      ? `: write data: { stepUp: { acrValues: ['…'] } } for path '${nameOf(path.at(-1))}'`
      : '';
  throw stepUpError('CONFIGURATION', `the route's data.stepUp is no requirement${hint}`, { cause });
}

/** The path of a route as the app's configuration has it. */
function nameOf(route: ActivatedRouteSnapshot | Route | undefined): string {
  const config = route && 'routeConfig' in route ? route.routeConfig : route;
  return config?.path ?? '';
}

/** The routes from the root down to one that `canMatch` is asked for. */
function pathTo(route: Route, routes: readonly Route[]): readonly Route[] | undefined {
  for (const candidate of routes) {
    if (candidate === route) return [candidate];
    const below = pathTo(route, candidate.children ?? []);
    if (below) return [candidate, ...below];
  }
  return undefined;
}

function requirementsIn({ stepUp, okta }: Data = {}): AuthenticationRequirement[] {
  const acrValues: unknown = okta?.acrValues;
  return [stepUp, acrValues === undefined ? acrValues : { acrValues }]
    .filter((requirement) => requirement !== undefined)
    .map(withAcrValueList);
}

/** Lets a text with spaces stand for a list; all else is left to `combineRequirements()`. */
function withAcrValueList(requirement: AuthenticationRequirement): AuthenticationRequirement {
  const acrValues: unknown = requirement.acrValues;
  if (typeof acrValues !== 'string') return requirement;
  return { ...requirement, acrValues: acrValues.split(' ').filter(Boolean) };
}

function urlOfNavigation(router: Router): string | undefined {
  // Angular 20.0 has no `currentNavigation` signal yet.
  const url = router.getCurrentNavigation()?.extractedUrl;
  return url && router.serializeUrl(url);
}
