/**
 * Prints what each entry of angular-stepup adds to an Angular app, gzip, production build, and fails
 * when an entry is over its budget. The app to compare with has what the entry works on: a router,
 * HttpClient, and an OpenID Connect client of its own in place of a handler.
 *
 * Needs `npm run build` first: it measures the packages as they are published.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { must, root } from './run.mjs';

const work = join(root, 'dist/size');

const client = (base) => `
@Injectable() class Client extends ${base} {
  readonly authentication = signal(undefined);
  accessToken() { return undefined; }
  async stepUp() { return 'completed' as const; }
}`;

const apps = {
  empty: {
    imports: `abstract class Base {} ${client('Base')}`,
    http: 'withInterceptors([(request, next) => next(request)])',
    features: 'Client,',
    route: `canActivate: [() => true], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly client = inject(Client);',
  },
  main: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, StepUpHandler, withApis, withHandler } from 'angular-stepup';
${client('StepUpHandler')}`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withHandler(Client)),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
    budgetKilobytes: 6,
  },
  okta: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, withApis } from 'angular-stepup';
import { oktaCallbackRoute, withOkta, type OktaAuthLike } from 'angular-stepup/okta';
declare const oktaAuth: OktaAuthLike;`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withOkta(() => oktaAuth)),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
    callback: 'oktaCallbackRoute(),',
  },
  ciba: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, withApis } from 'angular-stepup';
import { withCiba } from 'angular-stepup/ciba';`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withCiba({ apiUrl: 'https://api.example.com' })),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
  },
  dialog: {
    imports: `import { provideStepUp, stepUpGuard, stepUpInterceptor, StepUp, StepUpHandler, withApis, withHandler } from 'angular-stepup';
import { withDialog } from 'angular-stepup/dialog';
${client('StepUpHandler')}`,
    http: 'withInterceptors([stepUpInterceptor])',
    features: `provideStepUp(withApis('https://api.example.com'), withDialog(withHandler(Client))),`,
    route: `canActivate: [stepUpGuard], data: { stepUp: { acrValues: 'phr' } },`,
    use: 'readonly stepUp = inject(StepUp);',
  },
};

const main = ({ imports, http, features, route, use = '', callback = '' }) => `
import { Component, inject, Injectable, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { provideRouter, RouterOutlet } from '@angular/router';
${imports}
@Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })
class App { ${use} }
@Component({ selector: 'app-page', template: 'page' })
class Page {}
void bootstrapApplication(App, { providers: [
  provideRouter([{ path: '', ${route} component: Page }, ${callback}]),
  provideHttpClient(${http}),
  ${features}
] });
`;

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'node_modules'), { recursive: true });
symlinkSync(join(root, 'projects/stepup-core'), join(work, 'node_modules/stepup-core'));
symlinkSync(join(root, 'projects/angular-stepup/dist'), join(work, 'node_modules/angular-stepup'));
const tsconfig = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
const projects = {};
for (const [name, app] of Object.entries(apps)) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.ts'), main(app));
  writeFileSync(join(folder, 'index.html'), '<base href="/" /><app-root></app-root>');
  const compilerOptions = {
    ...tsconfig.compilerOptions,
    paths: {},
    noUnusedLocals: false,
    emitDecoratorMetadata: false,
    module: 'preserve',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['main.ts'] }),
  );
  projects[name] = {
    projectType: 'application',
    root: name,
    architect: {
      build: {
        builder: '@angular/build:application',
        options: {
          browser: `${name}/main.ts`,
          index: `${name}/index.html`,
          tsConfig: `${name}/tsconfig.json`,
          outputPath: `out/${name}`,
          preserveSymlinks: true,
        },
      },
    },
  };
}
writeFileSync(
  join(work, 'angular.json'),
  JSON.stringify({ version: 1, cli: { analytics: false }, projects }),
);
writeFileSync(join(work, 'package.json'), JSON.stringify({ type: 'module', private: true }));

const size = {};
for (const name of Object.keys(apps)) {
  await must('ng', ['build', name], { cwd: work, echo: false });
  const out = join(work, 'out', name, 'browser');
  const scripts = readdirSync(out).filter((file) => file.endsWith('.js'));
  const initial = loadedAtStart(out, scripts);
  size[name] = { initial: 0, lazy: 0 };
  for (const file of scripts) {
    const { length } = gzipSync(readFileSync(join(out, file)), { level: 9 });
    size[name][initial.has(file) ? 'initial' : 'lazy'] += length;
  }
}

/** The scripts that the page names, and those that they import other than by `import()`. */
function loadedAtStart(out, scripts) {
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  const found = new Set(scripts.filter((file) => page.includes(file)));
  for (const file of found) {
    const text = readFileSync(join(out, file), 'utf8');
    for (const [, imported] of text.matchAll(/(?:from|import) ?"\.\/([\w.-]+\.js)"/g)) {
      found.add(imported);
    }
  }
  return found;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(3)} kB`;
console.log(`An app without step-up, gzip: ${kilobytes(size.empty.initial)}`);
for (const [name, { budgetKilobytes }] of Object.entries(apps)) {
  if (name === 'empty') continue;
  const added = size[name].initial - size.empty.initial;
  const lazy = size[name].lazy - size.empty.lazy;
  const entry = name === 'main' ? 'angular-stepup' : `angular-stepup/${name} (with the main entry)`;
  const later = lazy > 0 ? `, and ${kilobytes(lazy)} when it is first used` : '';
  const budget =
    budgetKilobytes === undefined ? '' : `, budget ${kilobytes(budgetKilobytes * 1000)}`;
  console.log(`${entry} adds ${kilobytes(added)}${later}${budget}`);
  if (budgetKilobytes !== undefined && added > budgetKilobytes * 1000) process.exitCode = 1;
}
