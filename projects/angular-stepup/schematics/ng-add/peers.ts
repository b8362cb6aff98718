import { readFileSync } from 'node:fs';
import { chain, type Rule, type Tree } from '@angular-devkit/schematics';
import { addDependency, ExistingBehavior, updateWorkspace } from '@schematics/angular/utility';
import type { NgAddOptions } from './ng-add.options.js';
import type { Project } from './project.js';

/** What each handler needs beside this package, of its optional peers. */
const PEERS = { okta: ['@okta/okta-auth-js'], ciba: ['@angular/cdk'], own: [] } as const;

/** What okta-auth-js brings that is CommonJS: the Angular CLI wants it named. */
const COMMON_JS = ['tiny-emitter', 'cross-fetch', 'p-cancelable'];

/** Adds to the app's dependencies what its handler needs, and has it installed. */
export function addPeers(project: Project, { handler }: NgAddOptions): Rule {
  return (tree) =>
    chain([
      ...PEERS[handler].map((name) =>
        addDependency(name, rangeFor(tree, name), { existing: ExistingBehavior.Skip }),
      ),
      ...(handler === 'okta' ? [allowCommonJs(project, COMMON_JS)] : []),
    ]);
}

function allowCommonJs({ name }: Project, modules: readonly string[]): Rule {
  return updateWorkspace((workspace) => {
    const build = workspace.projects.get(name)?.targets.get('build');
    if (!build) return;
    const allowed = build.options?.['allowedCommonJsDependencies'];
    build.options = {
      ...build.options,
      allowedCommonJsDependencies: [
        ...new Set([...(Array.isArray(allowed) ? allowed : []), ...modules]),
      ],
    };
  });
}

/** One of the majors that this package works with: that of the app's Angular, or else the newest. */
function rangeFor(tree: Tree, name: string): string {
  const { peerDependencies }: { peerDependencies: Record<string, string> } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const ranges = peerDependencies[name]?.split(' || ') ?? [];
  const { dependencies = {} }: { dependencies?: Record<string, string> } = JSON.parse(
    tree.readText('/package.json'),
  );
  const [major] = dependencies['@angular/core']?.match(/\d+/) ?? [];
  const ofMajor = ranges.find((range) => range.startsWith(`^${major}.`));
  return (name.startsWith('@angular/') ? ofMajor : undefined) ?? ranges.at(-1) ?? '*';
}
