import { StepUpModule } from 'nest-stepup';
import { FakeTokenVerifier } from 'nest-stepup/testing';
import type { Imports, Tokens } from './settings.js';

const verifier = new FakeTokenVerifier();

export const tokens: Tokens = {
  weak: verifier.issue({ subject: 'alice', acr: 'pwd' }),
  strong: verifier.issue({ subject: 'alice', acr: 'phr' }),
};
export const imports: Imports = [StepUpModule.forRoot({ verifier })];
