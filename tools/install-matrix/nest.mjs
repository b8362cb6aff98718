/**
 * nest-stepup in NestJS apps: each entry alone, its optional peers there and everything else absent.
 * The app type-checks with the declarations of all its packages, boots, and answers a challenge.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarballOf } from '../packed.mjs';
import { AUDIENCE, startAuthorizationServer } from './authorization-server.mjs';
import { assert, check, node, npm, whileRunning, without } from './harness.mjs';

const sources = join(import.meta.dirname, 'apps/nest');

/** An entry, the app that uses it, the peers that it cannot do without, and what the app adds. */
const ENTRIES = [
  { entry: 'nest-stepup/testing', app: 'testing', peers: [] },
  { entry: 'nest-stepup/jose', app: 'jose', peers: ['jose'] },
  { entry: 'nest-stepup/okta', app: 'okta', peers: ['@okta/jwt-verifier'] },
  { entry: 'nest-stepup/introspection', app: 'introspection', peers: [] },
  { entry: 'nest-stepup/openapi', app: 'openapi', peers: [], client: '@nestjs/swagger' },
  { entry: 'nest-stepup/ciba', app: 'ciba', peers: ['jose', 'openid-client'], also: approve },
  {
    entry: 'nest-stepup/redis',
    app: 'redis-ioredis',
    peers: ['jose', 'openid-client'],
    client: 'ioredis',
  },
  {
    entry: 'nest-stepup/redis',
    app: 'redis-node-redis',
    peers: ['jose', 'openid-client'],
    client: '@redis/client',
  },
];

const optional = [
  ...new Set(ENTRIES.flatMap(({ peers, client }) => [...peers, ...(client ? [client] : [])])),
];

const VERSIONS = [
  { major: 11, typescript: '~5.9.0', formats: ['module', 'commonjs'], platforms: ['express'] },
  { major: 12, typescript: '~6.0.0', formats: ['module'], platforms: ['express', 'fastify'] },
];

/** The jobs of NestJS: one for each major, with one install. */
export const nestJobs = Object.fromEntries(
  VERSIONS.map((version) => [`nest-${version.major}`, (folder) => checkVersion(folder, version)]),
);

async function checkVersion(folder, { major, typescript, formats, platforms }) {
  const nest = ['common', 'core', 'platform-express', 'platform-fastify', 'swagger'];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  await check(`NestJS ${major}: npm install`, () =>
    npm(
      folder,
      'install',
      tarballOf('stepup-core'),
      tarballOf('nest-stepup'),
      ...nest.map((name) => `@nestjs/${name}@^${major}.0.0`),
      `typescript@${typescript}`,
      '@types/express@5',
      '@types/node@24',
      'reflect-metadata@0.2',
      'rxjs@7',
      'jose@6',
      'openid-client@6',
      '@okta/jwt-verifier@4',
      'ioredis@6',
      '@redis/client@6',
    ),
  );
  const authorizationServer = await startAuthorizationServer();
  try {
    for (const used of ENTRIES) {
      for (const format of formats) {
        await checkApp(folder, { major, format, platforms, authorizationServer, ...used });
      }
    }
  } finally {
    await authorizationServer.stop();
  }
  for (const { entry, peers } of ENTRIES.filter(({ client }) => client !== '@redis/client')) {
    const needs = peers.length === 0 ? 'needs no peer' : `without ${peers.join(' or ')}, names it`;
    await check(`NestJS ${major}: ${entry} ${needs}`, () => checkAbsence(folder, entry, peers));
  }
}

async function checkApp(folder, { major, format, platforms, authorizationServer, ...used }) {
  const { entry, app, peers, client, also } = used;
  const there = [...peers, ...(client ? [client] : [])];
  const name = `NestJS ${major} (${format}): ${entry}${client ? ` with ${client}` : ''}`;
  const target = join(folder, `${app}-${format}`);
  await without(
    folder,
    optional.filter((each) => !there.includes(each)),
    async () => {
      await check(`${name}: alone, type-checks and builds`, () => build(target, app, format));
      for (const platform of platforms) {
        await check(`${name}: boots on ${platform}, answers a challenge`, () =>
          whileRunning(
            target,
            ['dist/main.js', platform],
            { ISSUER: authorizationServer.issuer, AUDIENCE },
            (running) => checkAnswers(running, authorizationServer, also),
          ),
        );
      }
    },
  );
}

async function build(target, app, format) {
  mkdirSync(target, { recursive: true });
  for (const [from, to] of [
    ['main.ts', 'main.ts'],
    ['settings.ts', 'settings.ts'],
    [`${app}.ts`, 'entry.ts'],
    ['testing.ts', 'testing.ts'],
  ]) {
    cpSync(join(sources, from), join(target, to));
  }
  writeFileSync(join(target, 'package.json'), JSON.stringify({ private: true, type: format }));
  const compilerOptions = {
    target: 'ES2022',
    module: 'nodenext',
    strict: true,
    lib: ['ES2022'],
    // The declarations are the same for both formats: once is enough.
    skipLibCheck: format === 'commonjs',
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: ['node'],
    rootDir: '.',
    outDir: 'dist',
  };
  writeFileSync(
    join(target, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts'] }),
  );
  await node(target, join(target, '../node_modules/typescript/bin/tsc'));
}

async function checkAnswers({ url, tokens }, authorizationServer, also) {
  const weak = tokens?.weak ?? (await authorizationServer.accessToken('pwd'));
  const refused = await get(`${url}/transfers`, weak);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  assert(
    refused.status === 401 &&
      challenge.includes('error="insufficient_user_authentication"') &&
      challenge.includes('acr_values="phr"'),
    `Expected a step-up challenge, got ${refused.status}: ${challenge}`,
  );
  const strong =
    (await also?.(url, weak)) ?? tokens?.strong ?? (await authorizationServer.accessToken('phr'));
  const answered = await get(`${url}/transfers`, strong);
  const body = await answered.text();
  assert(
    answered.status === 200 && body === '{"acr":"phr"}',
    `Expected an answer to the stronger token, got ${answered.status}: ${body}`,
  );
}

const get = (url, token) => fetch(url, { headers: { authorization: `Bearer ${token}` } });

/** Steps up by approval on a phone; returns the stronger token. */
async function approve(url, token) {
  const post = (path, body, headers) =>
    fetch(`${url}/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const started = await post(
    'step-up',
    { acrValues: ['phr'] },
    { authorization: `Bearer ${token}` },
  );
  const { transactionId: authRequestId } = await started.json();
  const cookie = started.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const grant = { grant_type: 'urn:openid:params:grant-type:ciba', authRequestId };
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await post('oidc/token', grant, { cookie });
    const body = await answer.json();
    if (answer.status === 201) return body.access_token;
    assert(body.error === 'authorization_pending', `Expected tokens: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('Expected tokens within ten seconds');
}

/** An entry is imported with its peers alone; without one of them, the error says which. */
async function checkAbsence(folder, entry, peers) {
  const load = () =>
    node(
      folder,
      '--input-type=module',
      '--eval',
      `import('${entry}').then(() => console.log('loaded'), ({ code, message }) => console.log(code, message))`,
    );
  const others = optional.filter((name) => !peers.includes(name));
  const loaded = await without(folder, others, load);
  assert(loaded.trim() === 'loaded', loaded);
  for (const peer of peers) {
    const said = await without(folder, [...others, peer], load);
    assert(said.startsWith(`ERR_MODULE_NOT_FOUND Cannot find package '${peer}'`), said);
  }
}
