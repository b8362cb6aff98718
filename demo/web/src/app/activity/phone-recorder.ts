import { DestroyRef, Service, inject } from '@angular/core';
import { DEMO_CONFIG } from '../demo-config';
import { ActivityLog } from './activity-log';

/** What the web app asks of the API while somebody is asked on a phone, by the path below `auth`. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/^step-up$/, 'The API had the phone asked'],
  [/^qr$/, 'The API made a QR code'],
  [/^qr\/[^/]+\/events$/, 'The QR code is done with'],
  [/^transactions\/[^/]+\/events$/, 'The phone’s answer has ended the wait'],
  [/^oidc\/token$/, 'The API was asked for tokens'],
];

/**
 * Writes down how approval on a phone goes on, as the browser's network sees it: each entry is a
 * request to the CIBA endpoints that is over.
 */
@Service()
export class PhoneRecorder {
  private readonly log = inject(ActivityLog);
  private readonly base = `${inject(DEMO_CONFIG).apiUrl}/auth/`;

  constructor() {
    if (typeof PerformanceObserver === 'undefined') return;
    const observer = new PerformanceObserver((list) => {
      for (const { name } of list.getEntries()) this.record(name);
    });
    observer.observe({ type: 'resource' });
    inject(DestroyRef).onDestroy(() => observer.disconnect());
  }

  private record(url: string): void {
    if (!url.startsWith(this.base)) return;
    const path = url.slice(this.base.length);
    const title = STEPS.find(([pattern]) => pattern.test(path))?.[1];
    if (title === undefined) return;
    // Names of transactions are left out: they say nothing to people.
    const shown = path.replace(/\/[^/]+\/events$/, '/…/events');
    this.log.add({ kind: 'phone', title, details: [['path', `/auth/${shown}`]] });
  }
}
