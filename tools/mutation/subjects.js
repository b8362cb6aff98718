/** What is mutated together, and the specs that are to notice. */
const core = 'projects/stepup-core/src';
const nest = 'projects/nest-stepup/src';
const files = (folder, names) => names.map((name) => `${folder}/${name}.ts`);

export const subjects = {
  'stepup-core': {
    project: 'stepup-core',
    mutate: [`${core}/*.ts`, `!${core}/*.{spec,test-d}.ts`, `!${core}/index.ts`],
    specs: [`${core}/*.spec.ts`],
    // It measures time, which says nothing while mutants are tested side by side.
    exclude: ['**/linear-time.spec.ts'],
  },
  // What decides about a request, from its header to the answer.
  guard: {
    project: 'nest-stepup',
    mutate: files(nest, [
      'access-token',
      'current-authentication',
      'decision-log',
      'declarations',
      'own-filters',
      'route-requirements',
      'step-up.decorators',
      'step-up.exceptions',
      'step-up.guard',
      'write-challenge',
    ]),
    specs: [`${nest}/*.spec.ts`],
    exclude: files('**', ['strict-json.spec', 'key-set.spec', 'verified-token-cache.spec']),
  },
  // What decides about a token.
  verifiers: {
    project: 'nest-stepup',
    mutate: files(nest, [
      'access-token-claims',
      'access-token-type',
      'jwt-token-verifier',
      'key-set',
      'remote-key-set',
      'signed-jwt',
      'strict-json',
      'verified-token-cache',
    ]),
    specs: [
      ...files(nest, ['strict-json.spec', 'key-set.spec', 'verified-token-cache.spec']),
      `${nest}/jose/*.spec.ts`,
    ],
    exclude: [],
    // The same code with another clock, and tokens that another library made.
    skips: 'ten years|tokens of oidc-provider',
  },
};

export const subject = subjects[process.env.MUTATED];
