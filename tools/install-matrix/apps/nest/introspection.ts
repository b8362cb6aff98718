import { StepUpModule } from 'nest-stepup';
import { introspectionTokenVerifier } from 'nest-stepup/introspection';
import { audience, issuer, type Imports, type Tokens } from './settings.js';

const clientSecret = 'a secret of the install matrix';

export const tokens: Tokens = undefined;
export const imports: Imports = [
  StepUpModule.forRoot({
    verifier: introspectionTokenVerifier({ issuer, audience, clientId: 'matrix', clientSecret }),
  }),
];
