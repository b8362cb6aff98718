import { StepUpModule } from 'nest-stepup';
import { joseTokenVerifier } from 'nest-stepup/jose';
import { audience, issuer, type Imports, type Tokens } from './settings.js';

export const tokens: Tokens = undefined;
export const imports: Imports = [
  StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) }),
];
