/** Builds small Angular apps for production and measures them, for a budget and for the bench. */
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { must, root } from './run.mjs';

/**
 * The source of an app: a router, HttpClient, and what it is measured with.
 *
 * @param parts `imports` and more at the top; `http`: a feature of `provideHttpClient()`;
 *   `features`: more providers; `route`: properties of its one route; `use`: members of its root
 *   component; `callback`: more routes.
 */
const source = ({ imports, http, features, route, use = '', callback = '' }) => `
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

/**
 * Builds apps, one after the other.
 *
 * @param apps By their names; see {@link source}.
 * @param folder Where: it is emptied first.
 * @param packages What the apps import besides what the root has: folders by the names of packages.
 * @returns For each app, its bytes after gzip: `initial` for what its page loads, `lazy` for the rest.
 */
export async function measureApps(apps, { folder, packages }) {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, target] of Object.entries(packages)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(target, link);
  }
  const projects = Object.entries(apps).map(([name, app]) => [name, writeApp(folder, name, app)]);
  writeJson(join(folder, 'angular.json'), {
    version: 1,
    cli: { analytics: false },
    projects: Object.fromEntries(projects),
  });
  writeJson(join(folder, 'package.json'), { type: 'module', private: true });

  const sizes = {};
  for (const name of Object.keys(apps)) {
    await must('ng', ['build', name], { cwd: folder, echo: false });
    sizes[name] = sizeOf(join(folder, 'out', name, 'browser'));
  }
  return sizes;
}

/** @returns Its project in angular.json. */
function writeApp(folder, name, app) {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'main.ts'), source(app));
  writeFileSync(join(folder, name, 'index.html'), '<base href="/" /><app-root></app-root>');
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeJson(join(folder, name, 'tsconfig.json'), {
    compilerOptions: {
      ...compilerOptions,
      paths: {},
      noUnusedLocals: false,
      emitDecoratorMetadata: false,
      module: 'preserve',
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    },
    files: ['main.ts'],
  });
  const options = {
    browser: `${name}/main.ts`,
    index: `${name}/index.html`,
    tsConfig: `${name}/tsconfig.json`,
    outputPath: `out/${name}`,
    preserveSymlinks: true,
  };
  const build = { builder: '@angular/build:application', options };
  return { projectType: 'application', root: name, architect: { build } };
}

function sizeOf(out) {
  const scripts = readdirSync(out).filter((file) => file.endsWith('.js'));
  const initial = loadedAtStart(out, scripts);
  const size = { initial: 0, lazy: 0 };
  for (const file of scripts) {
    const { length } = gzipSync(readFileSync(join(out, file)), { level: 9 });
    size[initial.has(file) ? 'initial' : 'lazy'] += length;
  }
  return size;
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

function writeJson(file, value) {
  writeFileSync(file, JSON.stringify(value));
}
