/**
 * angular-stepup in Angular apps, each of which starts as `ng new` makes it: entries that need no
 * optional peer are built while none is installed, `ng add` installs one, and then the rest. Each
 * built app answers a challenge in a browser.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tarballOf } from '../packed.mjs';
import { startChallengeServer } from './challenge-server.mjs';
import { assert, check, node, npm, without } from './harness.mjs';

const sources = join(import.meta.dirname, 'apps/angular');

const VERSIONS = [
  { major: 20, typescript: '~5.9.0' },
  { major: 21, typescript: '~5.9.0' },
  { major: 22, typescript: '~6.0.0' },
];

/** The jobs of Angular: one for each major. Each is given a folder, and a browser. */
export const angularJobs = Object.fromEntries(
  VERSIONS.map((version) => [
    `angular-${version.major}`,
    (folder, browser) => checkVersion(folder, version, browser),
  ]),
);

async function checkVersion(folder, { major, typescript }, browser) {
  const name = `Angular ${major}`;
  const server = await startChallengeServer();
  const context = { folder, major, name, browser, server };
  try {
    await check(`${name}: npm install, ng new`, () => newWorkspace(context, typescript));
    await checkEntry(context, { app: 'own', entry: 'angular-stepup' });
    await checkEntry(context, { app: 'testing', entry: 'angular-stepup/testing' });
    await checkEntry(context, { app: 'ciba', entry: 'angular-stepup/ciba' });
    await check(`${name}: ng add, twice, wires the app`, () => addStepUp(context));
    await checkEntry(context, {
      app: 'okta',
      entry: 'angular-stepup/okta',
      peer: 'okta-auth-js 8',
    });
    await check(`${name}: the app of ng add builds, and opens its example by a step-up`, () =>
      openExample(context),
    );
    await check(`${name}: npm install of the other peers`, () =>
      npm(folder, 'install', `@angular/cdk@^${major}.0.0`, '@okta/okta-auth-js@^7.13.0'),
    );
    await checkEntry(context, {
      app: 'okta',
      entry: 'angular-stepup/okta',
      peer: 'okta-auth-js 7',
    });
    await without(folder, ['@okta/okta-auth-js'], () =>
      checkEntry(context, { app: 'dialog', entry: 'angular-stepup/dialog', act: proceed }),
    );
  } finally {
    await server.stop();
  }
}

/** A workspace as `ng new` makes it, with the newest packages of its major installed. */
async function newWorkspace({ folder, major }, typescript) {
  const angular = ['common', 'compiler', 'core', 'forms', 'platform-browser', 'router'];
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: {
        ...Object.fromEntries(angular.map((name) => [`@angular/${name}`, `^${major}.0.0`])),
        'angular-stepup': `file:${tarballOf('angular-stepup')}`,
        'stepup-core': `file:${tarballOf('stepup-core')}`,
        rxjs: '^7.8.0',
        tslib: '^2.3.0',
        ...(major === 20 && { 'zone.js': '~0.15.0' }),
      },
      devDependencies: {
        ...Object.fromEntries(
          ['build', 'cli', 'compiler-cli'].map((name) => [`@angular/${name}`, `^${major}.0.0`]),
        ),
        typescript,
      },
    }),
  );
  await npm(folder, 'install');
  const options = ['--directory=new', '--defaults', '--minimal', '--skip-git', '--skip-install'];
  await ng(folder, 'new', 'app', ...options);
  for (const file of readdirSync(join(folder, 'new'))) {
    if (file !== 'package.json')
      cpSync(join(folder, 'new', file), join(folder, file), { recursive: true });
  }
  rmSync(join(folder, 'new'), { recursive: true });
}

function ng(folder, ...args) {
  return node(folder, join(folder, 'node_modules/@angular/cli/bin/ng.js'), ...args);
}

async function checkEntry(context, { app, entry, peer, act }) {
  const { folder, name, server, browser } = context;
  const label = `${name}: ${entry}${peer ? ` with ${peer}` : ''} alone`;
  await check(`${label}: builds, and answers a challenge in a browser`, async () => {
    await build(folder, app);
    server.use(join(folder, 'dist', app, 'browser'));
    await browser.visit(`${server.origin}/`, async (page) => {
      await act?.(page);
      await page.getByText('answered with phr').waitFor();
    });
  });
}

/** Builds an app as a project of the workspace, strictly, with all declarations checked. */
async function build(folder, app) {
  const root = join(folder, 'entries', app);
  mkdirSync(root, { recursive: true });
  cpSync(join(sources, 'main.ts'), join(root, 'main.ts'));
  cpSync(join(sources, 'own-handler.ts'), join(root, 'own-handler.ts'));
  cpSync(join(sources, `${app}.ts`), join(root, 'entry.ts'));
  writeFileSync(
    join(root, 'index.html'),
    '<head><base href="/" /></head><body><app-root></app-root></body>',
  );
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { strict: true, skipLibCheck: false, types: [] },
      files: ['main.ts'],
      references: [],
    }),
  );
  const file = join(folder, 'angular.json');
  const workspace = JSON.parse(readFileSync(file, 'utf8'));
  const options = {
    browser: `entries/${app}/main.ts`,
    index: `entries/${app}/index.html`,
    tsConfig: `entries/${app}/tsconfig.json`,
    outputPath: `dist/${app}`,
  };
  workspace.projects[app] = {
    projectType: 'library',
    root: `entries/${app}`,
    architect: { build: { builder: '@angular/build:application', options } },
  };
  writeFileSync(file, JSON.stringify(workspace));
  await ng(folder, 'build', app);
}

const WIRED = ['src/app/app.config.ts', 'src/app/app.routes.ts', 'package.json', 'angular.json'];

async function addStepUp({ folder, server }) {
  const options = ['--skip-confirmation', '--api-url=/api', `--issuer=${server.issuer}`];
  const add = () => ng(folder, 'add', 'angular-stepup', ...options, '--project=app');
  const wired = () => WIRED.map((file) => readFileSync(join(folder, file), 'utf8'));
  await add();
  const [config, routes] = wired();
  for (const expected of ['withInterceptors([stepUpInterceptor])', 'provideStepUp(', 'withOkta(']) {
    assert(config.includes(expected), `Expected ${expected} in:\n${config}`);
  }
  for (const expected of ['stepUpGuard', 'data: { stepUp:', 'oktaCallbackRoute()']) {
    assert(routes.includes(expected), `Expected ${expected} in:\n${routes}`);
  }
  const once = wired();
  await add();
  assert(wired().join('') === once.join(''), 'Expected the second run to change nothing');
}

async function openExample({ folder, server, browser }) {
  const output = await ng(folder, 'build', 'app');
  assert(!output.includes('WARNING'), output);
  server.use(join(folder, 'dist/app/browser'));
  await browser.visit(`${server.origin}/step-up-example`, async (page) => {
    await page.getByText('You stepped up').waitFor();
    await page.getByText('acr: urn:okta:loa:2fa:any').waitFor();
  });
}

const proceed = (page) => page.getByRole('button', { name: 'Continue' }).click();
