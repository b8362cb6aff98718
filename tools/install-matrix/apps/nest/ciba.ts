import { StepUpModule } from 'nest-stepup';
import { CibaModule, clientSecretBasic } from 'nest-stepup/ciba';
import { joseTokenVerifier } from 'nest-stepup/jose';
import { audience, issuer, type Imports, type Tokens } from './settings.js';

export const tokens: Tokens = undefined;
export const imports: Imports = [
  StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) }),
  CibaModule.forRoot({
    issuer,
    clientId: 'matrix',
    clientAuthentication: clientSecretBasic('a secret of the install matrix'),
    publicUrl: 'http://127.0.0.1:3000',
  }),
];
