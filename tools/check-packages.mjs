/**
 * Checks the three packages as they would be published: the exports map and the types (publint, Are
 * The Types Wrong), and the demo built and started on the tarballs.
 *
 * Needs `npm run build` first.
 */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageNames, tarballOf, unpacked } from './packed.mjs';
import { must, root } from './run.mjs';

const work = dirname(unpacked);
let checks = 0;

async function check(name, action) {
  console.log(`\n# ${name}`);
  await action();
  checks += 1;
}

for (const name of packageNames) {
  await check(`${name}: its exports, its types and its files are right`, async () => {
    await must('publint', [tarballOf(name), '--strict']);
    await must('attw', [tarballOf(name), '--profile', 'esm-only', '--no-emoji'], { echo: false });
    for (const file of ['README.md', 'LICENSE', 'package.json']) {
      readFileSync(join(unpacked, name, file)); // throws when the tarball lacks it
    }
  });
}

await check('demo: builds on the tarballs', async () => {
  // Everything but the three packages resolves to the repository's node_modules, further up.
  cpSync(join(root, 'demo'), join(work, 'demo'), { recursive: true });
  cpSync(join(root, 'angular.json'), join(work, 'angular.json'));
  writeFileSync(join(work, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const tsconfig = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  delete tsconfig.compilerOptions.paths;
  delete tsconfig.references;
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(tsconfig));
  await must('tsc', ['-p', 'demo/tsconfig.build.json'], { cwd: work });
  await must('ng', ['build', 'demo-web'], { cwd: work });
});

await check('demo: started on the tarballs, refuses a caller without a token', async () => {
  const ports = { DEMO_WEB_PORT: '4230', DEMO_API_PORT: '4231', DEMO_ISSUER_PORT: '4232' };
  const demo = spawn(process.execPath, ['dist/demo/demo/main.js'], {
    cwd: work,
    env: { ...process.env, ...ports },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => demo.once('close', resolve));
  try {
    const response = await answer(`http://localhost:${ports.DEMO_API_PORT}/messages`, demo);
    const challenge = response.headers.get('www-authenticate');
    if (response.status !== 401 || !challenge?.startsWith('Bearer')) {
      throw new Error(`Expected a challenge, got ${response.status}: ${challenge}`);
    }
    const page = await fetch(`http://localhost:${ports.DEMO_WEB_PORT}/profile`);
    if (!(await page.text()).includes('<app-root')) throw new Error('The SPA is not served');
  } finally {
    demo.kill('SIGTERM');
    await ended;
  }
});

console.log(`\n${checks} passed, 0 failed`);

/** The first answer from `url`, while the server that is to give it starts. */
async function answer(url, server) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
