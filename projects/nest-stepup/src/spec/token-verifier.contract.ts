import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenVerifier } from 'nest-stepup';
import { FakeAuthorizationServer } from './authorization-server.js';
import { expectNoTrace, outcomeOf, recordLog } from './contract-harness.js';
import { Forge, publicJwk } from './forge.js';
import { describeKeysContract } from './keys.contract.js';
import { describeOptionsContract, WRONG_KEY_OPTIONS } from './options.contract.js';
import { CLOCK_RECIPES, RECIPES } from './recipes.js';
import { BETWEEN_SPACES } from './recipes.structure.js';
import { AUDIENCE, type VerifierUnderTest } from './verifier-under-test.js';

const TOLERANCE = 5;
const YEAR = 365 * 24 * 3600;

/** What every verifier of JWT access tokens does, whatever library is behind it. */
export function describeTokenVerifierContract(subject: VerifierUnderTest): void {
  // A library's own clock must not matter: neither where it runs ahead nor where it is behind.
  describe.each([
    { clock: 'the clock of the system', offset: 0, common: [...RECIPES, ...BETWEEN_SPACES] },
    { clock: 'a clock ten years behind', offset: -10 * YEAR, common: CLOCK_RECIPES },
    { clock: 'a clock ten years ahead', offset: 10 * YEAR, common: CLOCK_RECIPES },
  ])(`${subject.name} with forged tokens and $clock`, ({ offset, common }) => {
    const recipes = [...common, ...subject.types];
    const server = new FakeAuthorizationServer();
    let log: ReturnType<typeof recordLog>;
    let verifier: TokenVerifier;
    let minutes = 0;

    beforeAll(async () => {
      log = recordLog();
      server.keys = [
        publicJwk('k1', { alg: 'RS256' }),
        publicJwk('k2', { alg: 'RS256' }),
        ...(['ec1', 'ec384', 'ec521', 'ed1'] as const).map((name) => publicJwk(name)),
      ];
      await server.start();
      verifier = subject.create({ issuer: server.issuer, audience: AUDIENCE });
    });
    afterAll(() => server.stop());

    // Each is judged a minute after the other: searches for unknown keys are counted by the minute.
    function nextForge(): Forge {
      const now = Math.floor(Date.now() / 1000) + offset + minutes++ * 61;
      return new Forge(server.issuer, AUDIENCE, now, TOLERANCE);
    }

    // An exception that nobody catches, which would end the process, fails the test in which it is
    // thrown: Jest listens for it.
    it.each(recipes)('judges as expected: $name', async ({ make, expected }) => {
      const forge = nextForge();
      const token = make(forge);
      const context = { now: forge.now, clockToleranceSeconds: TOLERANCE };
      // Twice: what was judged once must not be judged otherwise from memory.
      for (const outcome of [
        await outcomeOf(verifier, token, context),
        await outcomeOf(verifier, token, context),
      ]) {
        if (expected === 'refused') expect(outcome).toBe('refused');
        else expect(outcome).toEqual(expect.objectContaining({ claims: expect.any(Object) }));
        for (const [name, value] of Object.entries(expected === 'refused' ? {} : expected)) {
          expect(Reflect.get(Object(outcome), name)).toEqual(value);
        }
      }
    });

    it('still accepts a good token after all of them', async () => {
      const forge = nextForge();
      expect(
        await outcomeOf(verifier, forge.token(), { now: forge.now, clockToleranceSeconds: 0 }),
      ).toMatchObject({ subject: 'alice', acr: 'phr', authTime: forge.now - 60 });
    });

    it('logs a reason for each, and nothing of any token', () => {
      const refusals = recipes.filter(({ expected }) => expected === 'refused').length;
      expect(log.filter(({ text }) => text.includes('Refused an access token as')).length).toBe(
        refusals * 2,
      );
      const text = [...new Set(log.map((line) => line.text))].join('\n');
      for (const { make } of recipes) expectNoTrace(make(nextForge()), text);
      expect(text).not.toMatch(/alice|eyJ/);
    });
  });

  describeKeysContract(subject);
  describeOptionsContract({ ...subject, wrong: WRONG_KEY_OPTIONS });
}
