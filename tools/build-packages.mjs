/** Builds the three packages as they are published, each into its own `dist`. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { must, root } from './run.mjs';

for (const name of ['stepup-core', 'nest-stepup', 'angular-stepup']) {
  rmSync(join(root, 'projects', name, 'dist'), { recursive: true, force: true });
}
// nest-stepup references stepup-core, which is thereby built first.
await must('tsc', ['-b', 'projects/nest-stepup/tsconfig.build.json']);
await must('ng', ['build', 'angular-stepup']);
