import {
  HttpClient,
  HttpContext,
  type HttpInterceptorFn,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import type { Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { STEP_UP_CLOCK, StepUp, stepUpInterceptor, withAcrRanking, withApis } from 'angular-stepup';
import { StepUpTestingController, provideStepUpTesting } from 'angular-stepup/testing';
import { defineAcrRanking } from 'stepup-core';

export const API = 'https://api.example.com';
export const NOW = 1_800_000_000;

/** Seconds since the epoch, as the app under test has them. */
export const clock = { now: NOW };

/** The parts of the app under test, since {@link setUp} last ran. */
export let http: HttpClient;
export let server: HttpTestingController;
export let stepUps: StepUpTestingController;
export let stepUp: StepUp;

/**
 * Starts an app with the interceptor, and signs alice in with one factor and the token `old`.
 *
 * @param behind Interceptors between the one under test and the API.
 */
export function setUp(
  providers: readonly Provider[] = [],
  behind: readonly HttpInterceptorFn[] = [],
): void {
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors([stepUpInterceptor, ...behind])),
      provideHttpClientTesting(),
      provideStepUpTesting(
        withApis(API, '/api'),
        withAcrRanking(defineAcrRanking(['1fa', '2fa', 'phr'])),
      ),
      { provide: STEP_UP_CLOCK, useValue: () => clock.now },
      ...providers,
    ],
  });
  http = TestBed.inject(HttpClient);
  server = TestBed.inject(HttpTestingController);
  stepUps = TestBed.inject(StepUpTestingController);
  stepUp = TestBed.inject(StepUp);
  stepUps.signIn({ subject: 'alice', acr: '1fa', authTime: NOW - 1000 }, 'old');
}

/** Forgets what an earlier test left in the browser. */
export function forgetAll(): void {
  clock.now = NOW;
  sessionStorage.clear();
  localStorage.clear();
}

/** What a request led to, once it is settled. */
export interface Result {
  readonly values: unknown[];
  error: unknown;
  unsubscribe: () => void;
}

/** Sends a request, and keeps what it leads to. */
export function send(url = `${API}/messages`, method = 'GET', context = new HttpContext()): Result {
  const result: Result = { values: [], error: undefined, unsubscribe: () => undefined };
  const subscription = http.request(method, url, { context, body: null }).subscribe({
    next: (value) => result.values.push(value),
    error: (error: unknown) => {
      result.error = error;
    },
  });
  result.unsubscribe = () => subscription.unsubscribe();
  return result;
}

/** A step-up challenge with these parameters. */
export const challenge = (parameters: string): string =>
  `Bearer error="insufficient_user_authentication", ${parameters}`;
export const TWO_FACTORS = challenge('acr_values="2fa"');
export const PHISHING_RESISTANT = challenge('acr_values="phr", max_age=300');

/** Has the API refuse the request that waits for it. */
export function refuse(
  header: string | string[] | undefined,
  url = `${API}/messages`,
  status = 401,
): void {
  server.expectOne(url).flush('no', {
    status,
    statusText: 'Unauthorized',
    ...(header !== undefined && { headers: { 'WWW-Authenticate': header } }),
  });
}

/** Has the API answer; returns the credentials that it was sent. */
export const tokenOf = (url = `${API}/messages`): string | null => {
  const [request] = server.match(url);
  if (!request) throw new Error('Expected a request');
  const token = request.request.headers.get('Authorization');
  request.flush('yes');
  return token;
};
