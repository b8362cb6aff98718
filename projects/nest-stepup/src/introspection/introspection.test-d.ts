// Compiled by `npm run typecheck`, never run: what apps may write, and what they may not.
import type { TokenVerifier } from 'nest-stepup';
import { introspectionTokenVerifier } from 'nest-stepup/introspection';

const client = { clientId: 'bank-api', clientSecret: 'secret' };

export const verifiers: readonly TokenVerifier[] = [
  introspectionTokenVerifier({ ...client, issuer: 'https://as.example', audience: ['a', 'b'] }),
  introspectionTokenVerifier({
    ...client,
    introspectionEndpoint: 'https://as.example/introspect',
    clientAuthentication: 'client_secret_post',
    tokenType: 'optional',
    cacheSeconds: 30,
  }),
  // @ts-expect-error a secret is what it cannot do without
  introspectionTokenVerifier({ clientId: 'bank-api', issuer: 'https://as.example' }),
  // @ts-expect-error what may be undefined is no audience
  introspectionTokenVerifier({ ...client, audience: process.env.AUDIENCE }),
  // @ts-expect-error there is no such option
  introspectionTokenVerifier({ ...client, cacheMs: 30 }),
];
