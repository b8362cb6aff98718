import angular from 'jest-preset-angular/presets/index.js';
import { pathsToModuleNameMapper } from 'ts-jest';
import tsconfig from './tsconfig.json' with { type: 'json' };

// The packages resolve to their source, as in tsconfig.json: nothing has to be built to be tested.
const sources = pathsToModuleNameMapper(tsconfig.compilerOptions.paths, {
  prefix: '<rootDir>/',
  useESM: true,
});

const shared = {
  modulePathIgnorePatterns: ['/dist/'],
  testPathIgnorePatterns: ['/node_modules/', '/demo/web/'],
};

const node = (displayName, root) => ({
  ...shared,
  displayName,
  roots: [`<rootDir>/${root}`],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['ts-jest', { useESM: true, tsconfig: `<rootDir>/${root}/tsconfig.json` }],
  },
  moduleNameMapper: sources,
});

const browser = (displayName, root) => {
  const preset = angular.createEsmPreset({
    tsconfig: `<rootDir>/${root}/tsconfig.json`,
    testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  });
  return {
    ...preset,
    ...shared,
    testPathIgnorePatterns: ['/node_modules/'],
    displayName,
    roots: [`<rootDir>/${root}`],
    setupFilesAfterEnv: ['<rootDir>/projects/angular-stepup/jest.setup.ts'],
    moduleNameMapper: { ...preset.moduleNameMapper, ...sources },
  };
};

/** @type {import('jest').Config} */
export default {
  coverageProvider: 'v8',
  projects: [
    node('stepup-core', 'projects/stepup-core'),
    node('nest-stepup', 'projects/nest-stepup'),
    browser('angular-stepup', 'projects/angular-stepup'),
    node('demo', 'demo'),
    browser('demo-web', 'demo/web'),
  ],
};
