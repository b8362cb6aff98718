/**
 * Measures what the verification of a token takes that was never seen before, beside the least that
 * it can take: `crypto.verify()` of the same signature. Fails when ours takes too much.
 */
import './packages.mjs';
import { verify } from 'node:crypto';
import OktaJwtVerifier from '@okta/jwt-verifier';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { AUDIENCE, issueMany, startIssuer } from './issuer.mjs';
import { isShort } from './options.mjs';
import { reach, report } from './report.mjs';
import { measureInTurns, median, medianRatio } from './rounds.mjs';

const { joseTokenVerifier } = await import('nest-stepup/jose');
const { oktaTokenVerifier } = await import('nest-stepup/okta');

// Okta's SDK prints a warning about http for each key.
console.warn = () => {};

const ROUNDS = isShort ? 5 : 31;
const BATCH = 256;
/** Four times what is remembered of them: each is forgotten before it comes again. */
const TOKENS = 4096;
const AT_A_TIME = 32;
const LEAST_SHARE = 0.5;

const rows = [];
const verdicts = [];
for (const algorithm of ['RS256', 'ES256', 'EdDSA']) await measure(algorithm);
report('verification', {
  columns: ['', 'one at a time, µs', 'share', `${AT_A_TIME} at a time, µs`, 'share'],
  rows,
  verdicts,
});

async function measure(algorithm) {
  const issuer = await startIssuer(algorithm);
  const tokens = await issueMany(issuer, TOKENS);
  // Each way has verifiers of its own, which have not seen the tokens of the round before.
  const [one, many] = [1, AT_A_TIME].map((atATime) =>
    contestantsFor(algorithm, issuer).map((contestant) => ({ ...contestant, atATime })),
  );
  const ways = [...one, ...many];
  const sample = (way, round) => timeOf(way, batchOf(tokens, round));
  await measureInTurns(ways, 2, sample);
  const samples = await measureInTurns(ways, ROUNDS, sample);
  await issuer.close();

  const bare = samples.get(ways[0]);
  const shareOf = (way) => medianRatio(bare, samples.get(way));
  for (const [i, way] of many.entries()) {
    rows.push([`${algorithm}, ${way.name}`, ...cells(one[i]), ...cells(way)]);
    if (way.isMeantToReach) {
      const what = `${algorithm}, ${way.name}, ${AT_A_TIME} at a time`;
      verdicts.push(reach(what, shareOf(way), LEAST_SHARE));
    }
  }

  function cells(way) {
    return [median(samples.get(way)).toFixed(1), shareOf(way).toFixed(2)];
  }
}

function contestantsFor(algorithm, { issuer, jwksUri, digest, key }) {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const ours = joseTokenVerifier({ issuer, jwksUri, audience: AUDIENCE });
  return [
    {
      name: 'crypto.verify()',
      prepare: signedParts,
      verify: async ([input, signature]) => {
        if (!verify(digest, input, key, signature)) throw new Error('A signature is wrong');
      },
    },
    { name: 'nest-stepup, jose', isMeantToReach: true, verify: byVerifier(ours) },
    {
      name: 'jose',
      verify: (token) => jwtVerify(token, keys, { issuer, audience: AUDIENCE, typ: 'at+jwt' }),
    },
    ...(algorithm === 'RS256' ? oktaContestants(issuer) : []),
  ];
}

function oktaContestants(issuer) {
  const ours = oktaTokenVerifier({ issuer, audience: AUDIENCE });
  const sdk = new OktaJwtVerifier({ issuer, testing: { disableHttpsCheck: true } });
  return [
    { name: 'nest-stepup, okta', verify: byVerifier(ours) },
    { name: '@okta/jwt-verifier', verify: (token) => sdk.verifyAccessToken(token, AUDIENCE) },
  ];
}

function byVerifier(verifier) {
  return (value) =>
    verifier.verify(
      { value, scheme: 'Bearer' },
      { now: Date.now() / 1000, clockToleranceSeconds: 5 },
    );
}

function signedParts(token) {
  const end = token.lastIndexOf('.');
  return [Buffer.from(token.slice(0, end)), Buffer.from(token.slice(end + 1), 'base64url')];
}

/** Another part of the tokens in each round. */
function batchOf(tokens, round) {
  const start = (round * BATCH) % tokens.length;
  return tokens.slice(start, start + BATCH);
}

/** Microseconds for each token. */
async function timeOf({ prepare = (token) => token, verify: verifyOne, atATime }, batch) {
  const prepared = batch.map(prepare);
  const startedAt = performance.now();
  for (let i = 0; i < prepared.length; i += atATime) {
    await Promise.all(prepared.slice(i, i + atATime).map(verifyOne));
  }
  return ((performance.now() - startedAt) * 1000) / batch.length;
}
