/** The specs of the subject that MUTATED names, for mutation testing. */
import { fileURLToPath } from 'node:url';
import config from '../../jest.config.js';
import { subject } from './subjects.js';

const project = config.projects.find(({ displayName }) => displayName === subject.project);

export default {
  ...project,
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  roots: [...project.roots, '<rootDir>/tools/mutation'],
  testMatch: ['<rootDir>/tools/mutation/all-specs.js'],
  testEnvironment: fileURLToPath(new URL('environment.js', import.meta.url)),
  testEnvironmentOptions: { skips: subject.skips },
};
