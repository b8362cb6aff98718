/**
 * The three packages as they are published: packed into tarballs, and unpacked again as an app's
 * `node_modules` has them. `npm run build` packs; the checks of packages use what it left.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './run.mjs';

const work = join(root, 'dist/packed');
const folders = {
  'stepup-core': 'projects/stepup-core',
  'nest-stepup': 'projects/nest-stepup',
  'angular-stepup': 'projects/angular-stepup/dist',
};

/** Where the packages are unpacked, each in a folder of its name. */
export const unpacked = join(work, 'node_modules');

export const packageNames = Object.keys(folders);

/** The folder that a package is published from. */
export function folderOf(name) {
  return join(root, folders[name]);
}

/** Packs the built packages and unpacks them. What stood there before is gone. */
export async function pack() {
  rmSync(work, { recursive: true, force: true });
  for (const [name, folder] of Object.entries(folders)) {
    const target = join(unpacked, name);
    mkdirSync(target, { recursive: true });
    await must('npm', ['pack', `./${folder}`, '--pack-destination', work], { echo: false });
    await must('tar', ['-xzf', tarballOf(name), '-C', target, '--strip-components=1'], {
      echo: false,
    });
  }
}

/** @throws When the package was not packed: `npm run build` does it. */
export function tarballOf(name) {
  const file = readdirSync(work, { withFileTypes: true }).find(
    (entry) => entry.isFile() && entry.name.startsWith(`${name}-`),
  );
  if (!file) throw new Error(`Cannot find a tarball of ${name}: run "npm run build" first`);
  return join(work, file.name);
}

/** The `package.json` of a package, as it is published. */
export function manifestOf(name) {
  return JSON.parse(readFileSync(join(unpacked, name, 'package.json'), 'utf8'));
}

/** The entry points of a package, by the name to import them by, with their declarations. */
export function entriesOf(name) {
  return Object.entries(manifestOf(name).exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([path, { types }]) => ({ name: join(name, path), types }));
}
