import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { stepUpInterceptor, withApis } from 'angular-stepup';
import { provideStepUpTesting, StepUpTestingController } from 'angular-stepup/testing';
import { activityInterceptor } from './activity-interceptor';
import { ActivityLog } from './activity-log';
import { ActivityRecorder } from './activity-recorder';

const API = 'https://api.example';
const CHALLENGE =
  'Bearer realm="bank", error="insufficient_user_authentication", acr_values="phr", max_age="300"';

function setUp(): void {
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      provideHttpClient(withInterceptors([stepUpInterceptor, activityInterceptor])),
      provideHttpClientTesting(),
      provideStepUpTesting(withApis(API)),
    ],
  });
  TestBed.inject(ActivityRecorder);
}

const kinds = (): readonly string[] =>
  TestBed.inject(ActivityLog)
    .entries()
    .map(({ kind }) => kind);

/** Lets microtasks pass and effects run. */
async function settle(): Promise<void> {
  for (let reaction = 0; reaction < 20; reaction += 1) await Promise.resolve();
  TestBed.tick();
}

async function signIn(): Promise<void> {
  const stepUps = TestBed.inject(StepUpTestingController);
  stepUps.signIn({ subject: 'alice', acr: 'urn:okta:loa:1fa:any', authTime: 1000 }, 'secret-token');
  await settle();
}

async function requestAndRefuse(): Promise<void> {
  TestBed.inject(HttpClient)
    .post(`${API}/transfers`, {})
    .subscribe({ error: () => undefined });
  await settle();
  const request = TestBed.inject(HttpTestingController).expectOne(`${API}/transfers`);
  request.flush('', {
    status: 401,
    statusText: 'Unauthorized',
    headers: { 'WWW-Authenticate': CHALLENGE },
  });
  await settle();
}

beforeEach(() => sessionStorage.clear());

describe('the record of what just happened', () => {
  it('tells a challenge, its step-up and the replay in their order', async () => {
    setUp();
    await signIn();
    await requestAndRefuse();
    await TestBed.inject(StepUpTestingController).expectOne().complete();
    await settle();
    TestBed.inject(HttpTestingController).expectOne(`${API}/transfers`).flush({});
    await settle();

    expect(kinds()).toEqual(['signed-in', 'challenge', 'started', 'finished', 'replayed']);
    const [, challenge] = TestBed.inject(ActivityLog).entries();
    expect(challenge).toMatchObject({
      title: 'POST /transfers was challenged',
      details: [
        ['error', 'insufficient_user_authentication'],
        ['acr_values', 'phr'],
        ['max_age', '300'],
      ],
    });
  });

  it('tells a step-up that failed by its code', async () => {
    setUp();
    await signIn();
    await requestAndRefuse();
    await TestBed.inject(StepUpTestingController).expectOne().deny();
    await settle();
    expect(kinds()).toEqual(['signed-in', 'challenge', 'started', 'failed']);
    expect(TestBed.inject(ActivityLog).entries().at(-1)?.details).toEqual([
      ['code', 'ERR_STEPUP_DENIED'],
    ]);
  });

  it('goes on with a step-up for which the page was left', async () => {
    setUp();
    await signIn();
    await requestAndRefuse();
    await TestBed.inject(StepUpTestingController).expectOne().redirect();
    await settle();

    TestBed.resetTestingModule();
    setUp();
    const stepUps = TestBed.inject(StepUpTestingController);
    stepUps.signIn({ subject: 'alice', acr: 'phr', authTime: 2000 });
    await settle();
    expect(kinds()).toEqual(['signed-in', 'challenge', 'started', 'finished']);
  });

  it('does not tell of a sign-in that it knows when the page is loaded again', async () => {
    setUp();
    await signIn();
    TestBed.resetTestingModule();
    setUp();
    await signIn();
    expect(kinds()).toEqual(['signed-in']);
  });

  it('holds no token', async () => {
    setUp();
    await signIn();
    await requestAndRefuse();
    expect(JSON.stringify(TestBed.inject(ActivityLog).entries())).not.toContain('secret-token');
  });

  it('starts empty when what was kept cannot be read', () => {
    sessionStorage.setItem('demo.activity', '{');
    setUp();
    expect(kinds()).toEqual([]);
  });
});
