import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { oktaTokenVerifier, type OktaTokenVerifierOptions } from 'nest-stepup/okta';
import { FakeAuthorizationServer } from '../spec/authorization-server.js';
import { outcomeOf, recordLog } from '../spec/contract-harness.js';
import { Forge, KEYS, publicJwk, type Ingredients } from '../spec/forge.js';
import { describeRealTokensContract } from '../spec/real-tokens.contract.js';
import { LOOSE_TYPES } from '../spec/recipes.claims.js';
import { describeTokenVerifierContract } from '../spec/token-verifier.contract.js';
import { AUDIENCE } from '../spec/verifier-under-test.js';

// The SDK warns of each http issuer, oidc-provider of its sessions.
const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);

describeTokenVerifierContract({
  name: 'oktaTokenVerifier()',
  create: oktaTokenVerifier,
  types: LOOSE_TYPES,
  whenSearchesAreUsedUp: 'unreachable',
});
describeRealTokensContract({
  name: 'oktaTokenVerifier()',
  create: oktaTokenVerifier,
  shape: 'okta',
});
describeRealTokensContract({
  name: 'oktaTokenVerifier()',
  create: oktaTokenVerifier,
  shape: 'rfc9068',
});

describe('oktaTokenVerifier()', () => {
  const server = new FakeAuthorizationServer();
  const now = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    recordLog();
    server.keys = [publicJwk('k1'), publicJwk('ed1')];
    await server.start();
  });
  afterAll(() => server.stop());

  const create = (options: Partial<OktaTokenVerifierOptions> = {}) =>
    oktaTokenVerifier({ issuer: server.issuer, audience: AUDIENCE, ...options });

  async function judge(verifier: ReturnType<typeof create>, ingredients: Ingredients | string) {
    const forge = new Forge(server.issuer, AUDIENCE, now);
    const token = typeof ingredients === 'string' ? ingredients : forge.token(ingredients);
    const outcome = await outcomeOf(verifier, token, { now, clockToleranceSeconds: 5 });
    return typeof outcome === 'string' ? outcome : 'accepted';
  }

  it('gets the keys from where Okta has them', async () => {
    server.requests.length = 0;
    expect(await judge(create(), {})).toBe('accepted');
    expect(server.requests).toEqual([server.paths.keys]);
  });

  it('demands a kid, as every key of Okta has one', async () => {
    expect(await judge(create(), { header: { kid: undefined } })).toBe('refused');
  });

  it('accepts the tokens of the clients that it is told, when it is told any', async () => {
    const claims = { cid: 'spa' };
    expect(await judge(create({ clientId: 'spa' }), { claims })).toBe('accepted');
    expect(await judge(create({ clientId: ['other', 'spa'] }), { claims })).toBe('accepted');
    expect(await judge(create({ clientId: 'other' }), { claims })).toBe('refused');
    expect(await judge(create({ clientId: 'spa' }), {})).toBe('refused');
    expect(await judge(create({ clientId: 'spa' }), { claims: { cid: ['spa'] } })).toBe('refused');
  });

  it.each(['', [], [''], [1], null, 1])('does not take %j for a client', (clientId) => {
    expect(() => create({ clientId } as never)).toThrow("as 'clientId' must be a string or a list");
  });

  it.each(['https://{yourOktaDomain}/oauth2/default', 'https://x-admin.okta.com/oauth2/default'])(
    'leaves it to the SDK to refuse the issuer %s',
    (issuer) => {
      expect(() => create({ issuer })).toThrow(/Okta domain|absolute URL/);
    },
  );

  // Each of these ends the process when the SDK gets it: okta/okta-jwt-verifier-js issue 62, and
  // names that its parser takes for its own. Jest listens for exceptions that nobody catches, and
  // fails the test.
  it.each<readonly [string, (forge: Forge) => string]>([
    ['an empty signature', (forge) => forge.token({ signature: '' })],
    ['no signature', (forge) => forge.token().replace(/\.[^.]*$/, '')],
    [
      'a key of another kind',
      (forge) => forge.token({ header: { kid: 'ed1' }, key: KEYS.attacker.privateKey }),
    ],
    ...['"__proto__":{"x":1},"constructor":1', '"__proto__":{},"toJSON":1'].map(
      (members) =>
        [
          `claims with ${members}`,
          (forge: Forge) =>
            forge.token({
              claimsText: withMembers(members, forge.claims()),
              key: KEYS.attacker.privateKey,
            }),
        ] as const,
    ),
    [
      'a header with __proto__',
      (forge) =>
        forge.token({
          headerText: withMembers('"__proto__":{"hasOwnProperty":1}', forge.header()),
          key: KEYS.attacker.privateKey,
        }),
    ],
  ])('survives %s', async (_name, make) => {
    const token = make(new Forge(server.issuer, AUDIENCE, now));
    const verifier = create();
    expect(await judge(verifier, token)).toBe('refused');
    expect(await judge(verifier, {})).toBe('accepted');
  });

  it('makes one SDK for one key, which warns once of an http issuer', async () => {
    const verifier = create({ cacheSize: 0 });
    warn.mockClear();
    for (let request = 0; request < 3; request++) await judge(verifier, {});
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

function withMembers(members: string, value: object): string {
  return JSON.stringify(value).replace('{', `{${members},`);
}
