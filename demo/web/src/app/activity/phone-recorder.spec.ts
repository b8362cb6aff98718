import { TestBed } from '@angular/core/testing';
import { DEMO_CONFIG } from '../demo-config';
import { ActivityLog } from './activity-log';
import { PhoneRecorder } from './phone-recorder';

const API = 'https://api.example';

/** Reports requests that are over, as a browser does. */
class FakeObserver {
  static last: FakeObserver | undefined;
  constructor(private readonly told: (list: { getEntries(): { name: string }[] }) => void) {
    FakeObserver.last = this;
  }
  observe(): void {}
  disconnect(): void {}
  report(...names: readonly string[]): void {
    this.told({ getEntries: () => names.map((name) => ({ name })) });
  }
}

beforeEach(() => {
  sessionStorage.clear();
  Object.assign(globalThis, { PerformanceObserver: FakeObserver });
  TestBed.configureTestingModule({
    providers: [{ provide: DEMO_CONFIG, useValue: { apiUrl: API } }],
  });
  TestBed.inject(PhoneRecorder);
});

describe('PhoneRecorder', () => {
  it('tells the steps of an approval on a phone, without the names of transactions', () => {
    FakeObserver.last?.report(
      `${API}/auth/step-up`,
      `${API}/auth/transactions/secret-id/events`,
      `${API}/auth/oidc/token`,
    );
    const entries = TestBed.inject(ActivityLog).entries();
    expect(entries.map(({ kind, details }) => [kind, details[0]?.[1]])).toEqual([
      ['phone', '/auth/step-up'],
      ['phone', '/auth/transactions/…/events'],
      ['phone', '/auth/oidc/token'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret-id');
  });

  it('passes over every other request', () => {
    FakeObserver.last?.report(
      `${API}/accounts`,
      'https://evil.example/auth/step-up',
      `${API}/auth/transactions/secret-id`,
    );
    expect(TestBed.inject(ActivityLog).entries()).toEqual([]);
  });
});
