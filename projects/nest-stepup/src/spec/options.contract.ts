import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidTokenException, type AccessToken, type JwtTokenVerifierOptions } from 'nest-stepup';
import { FakeAuthorizationServer } from './authorization-server.js';
import { outcomeOf, recordLog } from './contract-harness.js';
import { Forge, publicJwk } from './forge.js';
import { AUDIENCE, type VerifierUnderTest } from './verifier-under-test.js';

const GOOD = { issuer: 'https://as.example/oauth2/default', audience: AUDIENCE };

/** An option, and a value that it must not have. */
export type WrongOption = readonly [option: string, value: unknown];

/** Those of every verifier. */
const WRONG: readonly WrongOption[] = [
  ...[undefined, null, '', 'as.example', '/oauth2', 1, {}, ['https://as.example']].map(
    (value) => ['issuer', value] as const,
  ),
  ['issuer', 'http://as.example'],
  ['issuer', 'http://127.0.0.1.evil.example'],
  ['issuer', 'http://localhost.evil.example'],
  ['issuer', 'ftp://localhost'],
  ['issuer', 'file:///keys'],
  ['issuer', 'https://as.example?x=1'],
  ['issuer', 'https://as.example#x'],
  ['issuer', 'https://user@as.example'],
  ...[undefined, null, '', [], [''], [AUDIENCE, ''], [AUDIENCE, 1], 1, {}].map(
    (value) => ['audience', value] as const,
  ),
  ...['', null, 1, ['acrs']].map((value) => ['acrListClaim', value] as const),
  ...[0, -1, 1.5, NaN, Infinity, '5'].map((value) => ['timeoutMs', value] as const),
  ...[-1, 1.5, NaN, Infinity, '5'].map((value) => ['cacheSize', value] as const),
];

/** Those of verifiers of JWTs. */
export const WRONG_KEY_OPTIONS: readonly WrongOption[] = [
  ['jwksUri', ''],
  ['jwksUri', '/v1/keys'],
  ['jwksUri', 'http://as.example/v1/keys'],
  ...[0, -1, 1.5, NaN, Infinity, '5'].map((value) => ['keysMaxAgeSeconds', value] as const),
];

/** What every verifier does with its options. */
export function describeOptionsContract(
  subject: Pick<VerifierUnderTest, 'name' | 'create'> & {
    readonly wrong: readonly WrongOption[];
    /** Where the server needs to be told what it says of tokens. */
    readonly prepare?: (server: FakeAuthorizationServer) => void;
  },
): void {
  describe(`${subject.name} and its options`, () => {
    const server = new FakeAuthorizationServer();
    const now = Math.floor(Date.now() / 1000);
    const context = { now, clockToleranceSeconds: 5 };

    beforeAll(async () => {
      recordLog();
      server.keys = [publicJwk('k1')];
      subject.prepare?.(server);
      await server.start();
    });
    afterAll(() => server.stop());

    const create = (options: Partial<JwtTokenVerifierOptions> = {}) =>
      subject.create({ issuer: server.issuer, audience: AUDIENCE, ...options });
    const forge = () => new Forge(server.issuer, AUDIENCE, now);

    it.each([...WRONG, ...subject.wrong])(
      'names the option that is wrong: %s %j',
      (option, value) => {
        const options = { ...GOOD, [option]: value } as JwtTokenVerifierOptions;
        expect(() => subject.create(options)).toThrow(
          `Cannot create a token verifier as '${option}'`,
        );
      },
    );

    it.each(['audiance', 'algorithm', 'clientID', '__proto__'])(
      'refuses an option that it does not know: %s',
      (name) => {
        const options = { ...GOOD };
        Object.defineProperty(options, name, { value: 'x', enumerable: true });
        expect(() => subject.create(options)).toThrow(
          new RegExp(
            `^Cannot create a token verifier as the options are .*issuer, audience.*: current value is "${name}"$`,
          ),
        );
      },
    );

    it('does not repeat the password of an address', () => {
      const options = { ...GOOD, issuer: 'https://user:hunter2@as.example' };
      expect(() => subject.create(options)).toThrow(/^(?!.*hunter2).*credentials/);
    });

    it.each([
      'http://localhost:1/x',
      'http://127.0.0.1:1',
      'http://[::1]:1',
      'https://as.example/',
    ])('takes the issuer %s', (issuer) => {
      expect(() => subject.create({ ...GOOD, issuer })).not.toThrow();
    });

    it('takes several audiences, and any one of them is enough', async () => {
      const verifier = create({ audience: ['api://a', AUDIENCE] });
      expect(await outcomeOf(verifier, forge().token(), context)).toHaveProperty(
        'subject',
        'alice',
      );
      const token = forge().token({ claims: { aud: ['api://b', 'api://a'] } });
      expect(await outcomeOf(verifier, token, context)).toHaveProperty('subject', 'alice');
    });

    it('reads the classes from the claim that acrListClaim names', async () => {
      const verifier = create({ acrListClaim: 'acrs' });
      const acrOf = async (claims: Readonly<Record<string, unknown>>) => {
        const outcome = await outcomeOf(verifier, forge().token({ claims }), context);
        return Reflect.get(Object(outcome), 'acr') as unknown;
      };
      expect(await acrOf({ acrs: ['c1', 'c2'] })).toEqual(['c1', 'c2']);
      for (const acrs of [undefined, null, [], 'c1', ['c1', 2], { 0: 'c1' }]) {
        expect(await acrOf({ acrs })).toBeUndefined();
      }
    });

    it('remembers as many tokens as cacheSize says', async () => {
      const tokens = ['a', 'b', 'c'].map((jti) => forge().token({ claims: { jti } }));
      const [a = '', b = '', c = ''] = tokens;
      const verifier = create({ cacheSize: 2 });
      const judge = (token: string) => outcomeOf(verifier, token, context);
      const first = await judge(a);
      const second = await judge(b);
      // The same object, as it is not verified again.
      expect(await judge(a)).toBe(first);
      await judge(c);
      expect(await judge(a)).toBe(first);
      expect(await judge(b)).not.toBe(second);
    });

    it('remembers none when cacheSize is 0', async () => {
      const verifier = create({ cacheSize: 0 });
      const token = forge().token();
      const first = await outcomeOf(verifier, token, context);
      expect(await outcomeOf(verifier, token, context)).not.toBe(first);
      expect(await outcomeOf(verifier, token, context)).toEqual(first);
    });

    it('judges a remembered token by the clock of each request', async () => {
      const verifier = create();
      const token = forge().token({ claims: { exp: now + 60, nbf: now - 10, iat: now - 10 } });
      const at = (time: number) =>
        outcomeOf(verifier, token, { now: time, clockToleranceSeconds: 5 });
      expect(await at(now)).toHaveProperty('subject', 'alice');
      expect(await at(now + 64)).toHaveProperty('subject', 'alice');
      expect(await at(now + 65)).toBe('refused');
      expect(await at(now)).toHaveProperty('subject', 'alice');
      expect(await at(now - 15)).toHaveProperty('subject', 'alice');
      expect(await at(now - 16)).toBe('refused');
      expect(await outcomeOf(verifier, token, { now: NaN, clockToleranceSeconds: 5 })).toBe(
        'refused',
      );
    });

    it('recalls a token that it has verified, under the scheme it came with', async () => {
      const verifier = create();
      const value = forge().token();
      expect(verifier.recall?.({ value, scheme: 'Bearer' }, context)).toBeUndefined();
      const first = await verifier.verify({ value, scheme: 'Bearer' }, context);
      expect(verifier.recall?.({ value, scheme: 'Bearer' }, context)).toBe(first);
      expect(verifier.recall?.({ value, scheme: 'DPoP' }, context)).toBeUndefined();
    });

    it('recalls nothing when something else verifies in its place', async () => {
      const verifier = create();
      const token: AccessToken = { value: forge().token(), scheme: 'Bearer' };
      await verifier.verify(token, context);
      const verify = verifier.verify.bind(verifier);
      verifier.verify = async (...args) => {
        await verify(...args);
        throw new InvalidTokenException();
      };
      expect(verifier.recall?.(token, context)).toBeUndefined();
    });

    it('refuses a token that came with the DPoP scheme', async () => {
      const verifier = create();
      const value = forge().token();
      await verifier.verify({ value, scheme: 'Bearer' }, context);
      for (const token of [value, forge().token({ claims: { cnf: { jkt: 'x' } } })]) {
        await expect(verifier.verify({ value: token, scheme: 'DPoP' }, context)).rejects.toThrow(
          InvalidTokenException,
        );
      }
    });
  });
}
