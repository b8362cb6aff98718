import { expect } from '@playwright/test';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { HOW_TO_GET_REDIS, findRedisServer, startRedisServer } from '../tools/redis-server.mjs';
import { ApiProcess, Demo, type DemoOptions } from './demo.js';
import { FIRST_PORT, test as base } from './fixtures.js';
import { codeOn, dialogOn } from './phone.js';
import { transactionStartedOn } from './transaction.js';
import { askForTransfer, expectReceipt, sendTransfer } from './transfer.js';

const server = await findRedisServer();

interface RedisFixtures {
  /** Address of a Redis of the worker's own. */
  readonly redisUrl: string;
  /** Where the API and the rest of the demo meet. */
  readonly apartOptions: DemoOptions;
  readonly api: ApiProcess;
}

const onRedis = base.extend<object, Pick<RedisFixtures, 'redisUrl'>>({
  redisUrl: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants to see that nothing is used.
    async ({}, use) => {
      if (!server) throw new Error(`Cannot test with Redis: ${HOW_TO_GET_REDIS}`);
      const redis = await startRedisServer(server);
      await use(redis.url);
      await redis.stop();
    },
    { scope: 'worker' },
  ],
});

/** A demo whose API is a process of its own. */
const apart = onRedis.extend<object, Pick<RedisFixtures, 'apartOptions' | 'api'>>({
  apartOptions: [
    async ({ demoOptions, redisUrl }, use, { parallelIndex }) => {
      const firstPort = FIRST_PORT + parallelIndex * 10;
      const env = { REDIS_URL: redisUrl, ...keys() };
      await use({ ...demoOptions, firstPort, env, withoutApi: true });
    },
    { scope: 'worker' },
  ],
  api: [
    async ({ apartOptions }, use) => {
      const api = new ApiProcess(apartOptions);
      await api.start();
      await use(api);
      await api.kill();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  demo: [
    async ({ apartOptions }, use) => {
      const demo = await Demo.start(apartOptions);
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** A demo whose API is served by two processes, which are told by ping, and where numbers are picked. */
const twofold = onRedis.extend({
  demo: [
    async ({ demoOptions, redisUrl }, use, { parallelIndex }) => {
      const firstPort = FIRST_PORT + parallelIndex * 10;
      const env = {
        REDIS_URL: redisUrl,
        DEMO_API_INSTANCES: '2',
        DEMO_CIBA_MODE: 'ping',
        DEMO_BINDING_MESSAGE: 'number',
      };
      const demo = await Demo.start({ ...demoOptions, firstPort, env });
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

for (const test of [apart, twofold]) {
  test.skip(server === undefined, `There is no Redis: ${HOW_TO_GET_REDIS}`);
  test.use({ interaction: 'phone' });
}

apart(
  'goes on when the API was killed before the phone approved',
  async ({ page, alice, api, phoneOf }) => {
    const { phone, code } = await askForTransfer(page, alice, phoneOf);
    await api.kill();
    await phone.approve(code);
    await expect(dialogOn(page)).toContainText('The connection is lost');

    await api.start();

    await expectReceipt(page);
  },
);

apart(
  'goes on when the API was killed before it handed the tokens over',
  async ({ page, alice, api, phoneOf }) => {
    const started = transactionStartedOn(page);
    const { phone, code } = await askForTransfer(page, alice, phoneOf);
    const { origin, id } = await started;
    const state = `${origin}/auth/transactions/${id}`;
    // The browser cannot fetch what the API has fetched for it.
    await page.route('**/auth/**', (route) => route.abort());
    await phone.approve(code);
    await expect
      .poll(async () => (await (await page.context().request.get(state)).json()).status)
      .toBe('approved');

    await api.kill();
    await api.start();
    await page.unrouteAll();

    await expectReceipt(page);
  },
);

twofold(
  'goes through on two instances of the API, and on the one that is left',
  async ({ page, alice, demo, phoneOf }) => {
    const phone = await phoneOf('alice');
    await alice.signIn(page);
    await page.getByRole('link', { name: 'Messages' }).first().click();
    await phone.pick(await codeOn(page));
    await expect(page.getByTestId('messages')).toBeVisible();

    // Back to the sign-in at Okta: what the phone approved is forgotten.
    await page.getByRole('link', { name: 'Accounts' }).first().click();
    await expect(page).toHaveURL('/accounts');
    await page.evaluate(() => sessionStorage.removeItem('stepup.ciba'));
    await page.reload();
    await phone.open();
    await sendTransfer(page);
    const number = await codeOn(page);
    expect(demo.apiInstances).toHaveLength(2);
    process.kill(demo.apiInstances[0] ?? 0, 'SIGKILL');
    await phone.pick(number);

    await expectReceipt(page);
  },
);

twofold('ends in a message when a wrong number is picked', async ({ page, alice, phoneOf }) => {
  const { phone, code: number } = await askForTransfer(page, alice, phoneOf);
  const choices = phone.requests.getByRole('button', { name: /^\d\d$/ });
  await expect(choices).toHaveCount(3);
  const wrong = (await choices.allInnerTexts()).find((choice) => choice !== number);
  await phone.pick(wrong ?? '');
  await expect(phone.heading).toHaveText('Denied');

  await expect(dialogOn(page)).toContainText('The request was denied');
});

/** What the API proves itself and encrypts with, also after it was started again. */
function keys(): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    DEMO_CIBA_JWK: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'e2e' }),
    DEMO_SEALING_KEY: randomBytes(32).toString('base64url'),
  };
}
