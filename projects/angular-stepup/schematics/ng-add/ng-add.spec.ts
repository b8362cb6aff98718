/** @jest-environment node */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { callRule, MergeStrategy, type Rule, type Tree } from '@angular-devkit/schematics';
import {
  SchematicTestRunner,
  type UnitTestTree,
} from '@angular-devkit/schematics/testing/index.js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { ngAdd } from './index.js';
import type { NgAddOptions } from './ng-add.options.js';

const runner = new SchematicTestRunner(
  '@schematics/angular',
  join(
    dirname(createRequire(import.meta.url).resolve('@schematics/angular/package.json')),
    'collection.json',
  ),
);
const CONFIG = 'app/src/app/app.config.ts';
const ROUTES = 'app/src/app/app.routes.ts';
const okta: NgAddOptions = {
  apiUrl: 'https://api.example.com',
  handler: 'okta',
  issuer: 'https://example.okta.com/oauth2/default',
  clientId: 'spa',
};

async function newApp(options: object = {}): Promise<UnitTestTree> {
  const workspace = { name: 'workspace', version: '22.0.0', newProjectRoot: '' };
  const application = { name: 'app', skipTests: true, routing: true, skipInstall: true };
  return runner.runSchematic(
    'application',
    { ...application, ...options },
    await runner.runSchematic('workspace', workspace),
  );
}

/** Runs the schematic, as `ng add` does, and returns what it said. */
async function add(tree: Tree, options: NgAddOptions = okta): Promise<readonly string[]> {
  const said: string[] = [];
  const listening = runner.logger.subscribe(({ message }) => said.push(message));
  const { logger } = runner;
  const rule: Rule = (input, context) => callRule(ngAdd(options), input, { ...context, logger });
  tree.merge(await lastValueFrom(runner.callRule(rule, tree)), MergeStrategy.Overwrite);
  listening.unsubscribe();
  return said;
}

function replace(tree: Tree, path: string, from: string | RegExp, to: string): void {
  const before = tree.readText(path);
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  tree.overwrite(path, after);
}

/** An app whose configuration has an HttpClient. */
async function withHttp(call: string, imports: string): Promise<Tree> {
  const tree = await newApp();
  replace(tree, CONFIG, 'provideRouter(routes)', `provideRouter(routes),\n    ${call}`);
  replace(tree, CONFIG, /^/, `import { ${imports} } from '@angular/common/http';\n`);
  return tree;
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('a new app', () => {
  let tree: Tree;
  beforeAll(async () => {
    tree = await newApp();
    await add(tree);
  });

  it('gets the interceptor and the provider, each on a line of its own', () => {
    const config = tree.readText(CONFIG);
    expect(config).toContain('\n    provideHttpClient(withInterceptors([stepUpInterceptor])),\n');
    expect(config).toContain(
      "\n    provideStepUp(withApis('https://api.example.com'), withOkta(() => inject(OKTA_AUTH)))",
    );
    expect(config).toContain(
      "import { provideHttpClient, withInterceptors } from '@angular/common/http';",
    );
    expect(config).toContain("import { withOkta } from 'angular-stepup/okta';");
    expect(config).toContain("import { OKTA_AUTH } from './okta-auth';");
    expect(config).toMatch(/import \{[^}]*\binject\b[^}]*\} from '@angular\/core';/);
  });

  it('gets a route with a guard and a requirement, its page, and the callback of a redirect', () => {
    const routes = tree.readText(ROUTES);
    expect(squeezed(routes)).toContain(
      "Routes = [ { path: 'step-up-example', canActivate: [stepUpGuard], " +
        "data: { stepUp: { acrValues: ['urn:okta:loa:2fa:any'], maxAge: 300 } },",
    );
    expect(routes).toContain('\n  oktaCallbackRoute(),\n];');
    expect(routes).toContain("import('./step-up-example')");
    expect(tree.readText('app/src/app/step-up-example.ts')).toContain('class StepUpExample');
  });

  it('gets an OktaAuth of the issuer and the client', () => {
    const file = tree.readText('app/src/app/okta-auth.ts');
    expect(file).toContain("issuer: 'https://example.okta.com/oauth2/default',");
    expect(file).toContain("clientId: 'spa',");
  });

  it('depends on okta-auth-js, and may use its CommonJS modules', () => {
    const { dependencies } = tree.readJson('package.json') as Record<string, object>;
    expect(dependencies).toMatchObject({ '@okta/okta-auth-js': '^8.0.0' });
    expect(tree.readText('angular.json')).toContain('"tiny-emitter"');
  });

  it('is not changed by a second run', async () => {
    const files = [CONFIG, ROUTES, 'package.json', 'angular.json', 'app/src/app/okta-auth.ts'];
    const before = files.map((path) => tree.readText(path));
    await add(tree);
    expect(files.map((path) => tree.readText(path))).toEqual(before);
  });
});

describe('an app with a CIBA client', () => {
  it('shows how approval goes on in the dialog, and gets the CDK of its Angular', async () => {
    const tree = await newApp();
    replace(tree, 'package.json', /"@angular\/core": "[^"]*"/, '"@angular/core": "~21.1.0"');
    await add(tree, { ...okta, handler: 'ciba', apiUrl: '/api' });
    expect(squeezed(tree.readText(CONFIG))).toContain(
      "provideStepUp(withApis('/api'), withDialog(withCiba({ apiUrl: '/api' })))",
    );
    const { dependencies } = tree.readJson('package.json') as Record<string, object>;
    expect(dependencies).toMatchObject({ '@angular/cdk': '^21.0.0' });
    expect(dependencies).not.toHaveProperty('@okta/okta-auth-js');
    expect(tree.readText(ROUTES)).not.toContain('oktaCallbackRoute');
  });
});

describe('an app with a client of its own', () => {
  it('gets a handler to complete, and is told so', async () => {
    const tree = await newApp();
    const said = await add(tree, { ...okta, handler: 'own' });
    expect(said).toEqual([expect.stringContaining('Complete own-step-up-handler.ts')]);
    const config = tree.readText(CONFIG);
    expect(config).toContain('withHandler(OwnStepUpHandler)');
    expect(config).toContain("import { OwnStepUpHandler } from './own-step-up-handler';");
    expect(tree.readText('app/src/app/own-step-up-handler.ts')).toContain('extends StepUpHandler');
  });
});

describe('an app that has an HttpClient', () => {
  it('keeps its features and its interceptors: step-up is the last of them', async () => {
    const tree = await withHttp(
      'provideHttpClient(withFetch(), withInterceptors([first, second]))',
      'provideHttpClient, withFetch, withInterceptors',
    );
    await add(tree);
    expect(tree.readText(CONFIG)).toContain(
      'provideHttpClient(withFetch(), withInterceptors([first, second, stepUpInterceptor]))',
    );
  });

  it('gets interceptors when it has none', async () => {
    const tree = await withHttp('provideHttpClient(withFetch(),)', 'provideHttpClient, withFetch');
    await add(tree);
    expect(tree.readText(CONFIG)).toContain(
      'provideHttpClient(withFetch(),withInterceptors([stepUpInterceptor]))',
    );
    expect(tree.readText(CONFIG)).toContain(
      "import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';",
    );
  });

  it('is told the line where its interceptors are kept elsewhere', async () => {
    const tree = await withHttp(
      'provideHttpClient(withInterceptors(INTERCEPTORS))',
      'provideHttpClient, withInterceptors',
    );
    const said = await add(tree);
    expect(said).toContainEqual(
      expect.stringMatching(
        /^app\/src\/app\/app\.config\.ts:\d+: add stepUpInterceptor to the end/,
      ),
    );
    expect(tree.readText(CONFIG)).toContain('withInterceptors(INTERCEPTORS)');
  });

  it('is told each line where there are several, and not changed', async () => {
    const tree = await withHttp('provideHttpClient(), provideHttpClient()', 'provideHttpClient');
    const said = await add(tree);
    expect(said.filter((line) => line.includes('app.config.ts:'))).toHaveLength(2);
    expect(tree.readText(CONFIG)).not.toContain('stepUpInterceptor');
  });

  it('is told to replace HttpClientModule', async () => {
    const tree = await newApp();
    replace(tree, CONFIG, /^/, "import { HttpClientModule } from '@angular/common/http';\n");
    expect(await add(tree)).toContainEqual(expect.stringContaining('Replace HttpClientModule'));
    expect(tree.readText(CONFIG)).not.toContain('provideHttpClient');
  });
});

describe('an app that has routes', () => {
  it('keeps them after the new ones, a route for all other paths last', async () => {
    const tree = await newApp();
    replace(tree, ROUTES, '= []', "= [{ path: '**', redirectTo: '' }]");
    await add(tree);
    expect(tree.readText(ROUTES)).toContain(
      "\n  oktaCallbackRoute(),\n  { path: '**', redirectTo: '' }]",
    );
  });

  it('is told what to add where they are not to be found', async () => {
    const tree = await newApp({ routing: false });
    expect(await add(tree)).toContainEqual(
      expect.stringContaining("The app's list of routes was not found. Add oktaCallbackRoute()"),
    );
    expect(tree.exists('app/src/app/step-up-example.ts')).toBe(false);
  });
});

describe('an app of modules', () => {
  it('gets everything in its root module and its routing module', async () => {
    const tree = await newApp({ standalone: false });
    await add(tree);
    const texts: string[] = [];
    tree.getDir('app/src/app').visit((path) => texts.push(tree.readText(path)));
    const app = texts.join('\n');
    expect(squeezed(app)).toContain('provideHttpClient(withInterceptors([stepUpInterceptor]))');
    expect(squeezed(app)).toContain("provideStepUp(withApis('https://api.example.com'),");
    expect(app).toContain('oktaCallbackRoute(),');
  });
});

describe('an option that cannot be', () => {
  it.each(['api', '//api', '/\\evil.example', '/api?x', 'ftp://api.example.com', 'https://', ''])(
    'stops the run: --api-url %j',
    async (apiUrl) => {
      await expect(add(await newApp(), { ...okta, apiUrl })).rejects.toThrow(/--api-url must be/);
    },
  );

  it('stops the run: a project that is not there, or none named where there are two', async () => {
    await expect(add(await newApp(), { ...okta, project: 'other' })).rejects.toThrow(
      /--project must name an application of the workspace \(app\)/,
    );
    const two = await runner.runSchematic(
      'application',
      { name: 'second', skipTests: true },
      await newApp(),
    );
    await expect(add(two)).rejects.toThrow(/\(app, second\): current value is undefined/);
  });

  it('writes quotes in an option as text', async () => {
    const tree = await newApp();
    await add(tree, { ...okta, clientId: "it's\\me" });
    expect(tree.readText('app/src/app/okta-auth.ts')).toContain(String.raw`clientId: 'it\'s\\me',`);
  });
});
