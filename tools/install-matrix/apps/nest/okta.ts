import { StepUpModule } from 'nest-stepup';
import { oktaTokenVerifier } from 'nest-stepup/okta';
import { audience, issuer, type Imports, type Tokens } from './settings.js';

export const tokens: Tokens = undefined;
export const imports: Imports = [
  StepUpModule.forRoot({ verifier: oktaTokenVerifier({ issuer, audience }) }),
];
