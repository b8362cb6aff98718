import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { provideRouter } from '@angular/router';
import { DraftStore, stepUpInterceptor, withApis } from 'angular-stepup';
import { provideStepUpTesting, StepUpTestingController } from 'angular-stepup/testing';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';
import { TransferPage } from './transfer';

const API = 'https://api.example';
const DRAFT = { to: 'Ines Calder', amount: 5000, reference: 'The sails' };
const CHALLENGE =
  'Bearer error="insufficient_user_authentication", acr_values="phr", max_age="300"';

beforeEach(() => {
  sessionStorage.clear();
  TestBed.configureTestingModule({
    providers: [
      provideRouter([]),
      provideHttpClient(withInterceptors([stepUpInterceptor])),
      provideHttpClientTesting(),
      provideStepUpTesting(withApis(API)),
      { provide: DEMO_CONFIG, useValue: { apiUrl: API } },
    ],
  });
});

async function open(): Promise<ComponentFixture<TransferPage>> {
  const fixture = TestBed.createComponent(TransferPage);
  document.body.append(fixture.nativeElement);
  await fixture.whenStable();
  return fixture;
}

const page = ({ nativeElement }: ComponentFixture<TransferPage>): HTMLElement => nativeElement;

function valuesOf(fixture: ComponentFixture<TransferPage>): readonly string[] {
  return [...page(fixture).querySelectorAll('input')].map(({ value }) => value);
}

function fill(fixture: ComponentFixture<TransferPage>): void {
  for (const [id, value] of Object.entries(DRAFT)) {
    const input = page(fixture).querySelector<HTMLInputElement>(`#${id}`);
    if (!input) throw new Error(`There is no field ${id}`);
    input.value = String(value);
    input.dispatchEvent(new Event('input'));
  }
}

async function send(fixture: ComponentFixture<TransferPage>): Promise<void> {
  page(fixture).querySelector<HTMLButtonElement>('button[type=submit]')?.click();
  await settle(fixture);
}

async function settle(fixture: ComponentFixture<TransferPage>): Promise<void> {
  for (let reaction = 0; reaction < 20; reaction += 1) await Promise.resolve();
  fixture.detectChanges();
}

const refuse = (): void => {
  TestBed.inject(HttpTestingController)
    .expectOne(`${API}/transfers`)
    .flush('', {
      status: 401,
      statusText: 'Unauthorized',
      headers: { 'WWW-Authenticate': CHALLENGE },
    });
};

describe('TransferPage', () => {
  it('brings back what was typed before the page was left, and sends nothing by itself', async () => {
    TestBed.inject(DraftStore).save('transfer', DRAFT);
    const fixture = await open();
    expect(valuesOf(fixture)).toEqual(['Ines Calder', '5000', 'The sails']);
    expect(TestBed.inject(Notices).current()?.title).toBe('Your transfer is as you left it');
    expect(document.activeElement?.textContent).toContain('Send money');
    TestBed.inject(HttpTestingController).expectNone(`${API}/transfers`);
  });

  it('leaves what was typed to the next page when a step-up leaves this one', async () => {
    TestBed.inject(StepUpTestingController).signIn({ subject: 'alice' });
    const fixture = await open();
    fill(fixture);
    await send(fixture);
    refuse();
    await settle(fixture);
    await TestBed.inject(StepUpTestingController).expectOne().redirect();
    expect(TestBed.inject(DraftStore).take('transfer')).toEqual(DRAFT);
  });

  it('sends what was typed after a step-up on the page, without another click', async () => {
    TestBed.inject(StepUpTestingController).signIn({ subject: 'alice' });
    const fixture = await open();
    fill(fixture);
    await send(fixture);
    refuse();
    await settle(fixture);
    await TestBed.inject(StepUpTestingController).expectOne().complete();
    const request = TestBed.inject(HttpTestingController).expectOne(`${API}/transfers`);
    expect(request.request.body).toEqual(DRAFT);
    request.flush({ ...DRAFT, id: 'T-1004', madeAt: 1_700_000_000 });
    await settle(fixture);
    expect(page(fixture).textContent).toContain('€5,000.00 is on its way');
  });

  it('keeps the form and says why when the step-up fails', async () => {
    TestBed.inject(StepUpTestingController).signIn({ subject: 'alice' });
    const fixture = await open();
    fill(fixture);
    await send(fixture);
    refuse();
    await settle(fixture);
    await TestBed.inject(StepUpTestingController).expectOne().deny();
    await settle(fixture);
    expect(valuesOf(fixture)).toEqual(['Ines Calder', '5000', 'The sails']);
    expect(TestBed.inject(Notices).current()?.title).toBe('It was not confirmed');
    expect(page(fixture).querySelector<HTMLButtonElement>('button[type=submit]')?.disabled).toBe(
      false,
    );
  });

  it('sends no form with a mistake, and leads to the first one', async () => {
    const fixture = await open();
    await send(fixture);
    expect(document.activeElement?.id).toBe('to');
    expect(page(fixture).textContent).toContain('Who is it for?');
    TestBed.inject(HttpTestingController).expectNone(`${API}/transfers`);
  });
});
