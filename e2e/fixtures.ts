import { test as base, type BrowserContext, type Page } from '@playwright/test';
import { Demo, type DemoOptions } from './demo.js';
import { PasskeyDevice } from './passkey-device.js';
import { Person } from './person.js';
import { Phone } from './phone.js';

/** Each worker has ten ports from here on, by its index. */
export const FIRST_PORT = 4300;

/** Where the person is asked by Okta's pages. */
export type OktaInteraction = 'popup' | 'redirect';

/** Where the person is asked, as the demo's own switch sets it. */
export type Interaction = OktaInteraction | 'phone';

/** What a project of the Playwright configuration chooses. */
export interface ProjectOptions {
  readonly demoOptions: Omit<DemoOptions, 'firstPort'>;
}

interface WorkerFixtures extends ProjectOptions {
  readonly demo: Demo;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
}

interface TestFixtures {
  readonly interaction: Interaction;
  /** Moves the clock of every party: issuer, API and browser. */
  readonly letTimePass: (page: Page, seconds: number) => Promise<void>;
  /** Sets up a phone: a browser of its own, beside that of the page. */
  readonly phoneOf: (account: Person['account']) => Promise<Phone>;
}

type PersonFixture = (
  fixtures: { readonly demo: Demo },
  use: (person: Person) => Promise<void>,
) => Promise<void>;

function person(account: Person['account']): [PersonFixture, { scope: 'worker' }] {
  return [
    async ({ demo }, use) => use(new Person(account, demo, new PasskeyDevice())),
    { scope: 'worker' },
  ];
}

/** A scenario with a demo of its own worker, and people who can sign in there. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  demoOptions: [
    { webRoot: 'dist/demo-web/browser', acrMode: 'okta' },
    { option: true, scope: 'worker' },
  ],
  demo: [
    async ({ demoOptions }, use, { parallelIndex }) => {
      const firstPort = FIRST_PORT + parallelIndex * 10;
      const demo = await Demo.start({ ...demoOptions, firstPort });
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  alice: person('alice'),
  bob: person('bob'),
  carol: person('carol'),
  baseURL: async ({ demo }, use) => use(demo.webOrigin),
  interaction: ['popup', { option: true }],
  context: async ({ context, interaction }, use) => {
    await context.addInitScript(
      (chosen) => localStorage.setItem('demo.interaction', chosen),
      interaction,
    );
    await use(context);
  },
  letTimePass: async ({ demo }, use) => {
    await use(async (page, seconds) => {
      await demo.setClockOffset(seconds);
      await page.context().clock.setSystemTime(Date.now() + seconds * 1000);
    });
    await demo.setClockOffset(0);
  },
  phoneOf: async ({ browser, colorScheme, demo, viewport }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (account) => {
      const context = await browser.newContext({ colorScheme, viewport });
      contexts.push(context);
      return Phone.setUp(await context.newPage(), demo.issuerOrigin, account);
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});
