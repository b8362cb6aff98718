/** Builds the three packages, each into its own `dist`, and packs them as they are published. */
import { appendFileSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, pack, packageNames } from './packed.mjs';
import { must, root } from './run.mjs';

for (const name of packageNames) {
  rmSync(join(root, 'projects', name, 'dist'), { recursive: true, force: true });
}
// nest-stepup references stepup-core, which is thereby built first.
await must('tsc', ['-b', 'projects/nest-stepup/tsconfig.build.json']);
await must('ng', ['build', 'angular-stepup']);
await must('tsc', ['-p', 'projects/angular-stepup/tsconfig.schematics.json']);

// Declarations without an export list export all that they declare, also what is private.
const types = join(folderOf('angular-stepup'), 'types');
for (const file of readdirSync(types)) {
  const path = join(types, file);
  if (!/^export (type )?\{/m.test(readFileSync(path, 'utf8')))
    appendFileSync(path, '\nexport {};\n');
}

await pack();
