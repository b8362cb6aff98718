/**
 * Ways to guard a route of a Nest app. Each is loaded only by the process that it is measured in, and
 * returns what goes into the app: `decorators` for the handler, `imports`, `providers`, `middleware`.
 *
 * All demand a valid token of one issuer, for one audience, with one acr.
 */
import { UnauthorizedException, UseGuards } from '@nestjs/common';
import { ACR, AUDIENCE } from '../issuer.mjs';

const BOTH = ['express', 'fastify'];

export const UNGUARDED = 'unguarded';

/**
 * `isOpen`: lets everything through. `isNewToken`: every request brings a token that the process does
 * not remember.
 */
export const CONTESTANTS = [
  { name: UNGUARDED, isOpen: true, adapters: BOTH, create: () => ({}) },
  { name: 'a guard that returns true', isOpen: true, adapters: BOTH, create: openGuard },
  { name: 'nest-stepup, jose', isOurs: true, adapters: BOTH, create: stepUpWithJose },
  {
    name: 'nest-stepup, jose, new tokens',
    isOurs: true,
    isNewToken: true,
    adapters: BOTH,
    create: stepUpWithJose,
  },
  { name: 'nest-stepup, okta', isOurs: true, adapters: BOTH, create: stepUpWithOkta },
  {
    name: 'nest-stepup, okta, new tokens',
    isOurs: true,
    isNewToken: true,
    adapters: BOTH,
    create: stepUpWithOkta,
  },
  { name: 'fast-jwt guard with its cache', adapters: BOTH, create: fastJwtGuard },
  { name: 'jose guard', adapters: BOTH, create: joseGuard },
  { name: 'express-oauth2-jwt-bearer', adapters: ['express'], create: oauth2JwtBearer },
  { name: '@nestjs/passport, passport-jwt', adapters: BOTH, create: passportJwt },
  { name: "@okta/jwt-verifier as in Okta's tutorial", adapters: BOTH, create: oktaMiddleware },
];

/** What Nest itself takes for a guard. */
function openGuard() {
  return { decorators: [UseGuards({ canActivate: () => true })] };
}

async function stepUpWithJose({ issuer, jwksUri }) {
  const { joseTokenVerifier } = await import('nest-stepup/jose');
  return stepUp(joseTokenVerifier({ issuer, jwksUri, audience: AUDIENCE }));
}

async function stepUpWithOkta({ issuer }) {
  const { oktaTokenVerifier } = await import('nest-stepup/okta');
  return stepUp(oktaTokenVerifier({ issuer, audience: AUDIENCE }));
}

async function stepUp(verifier) {
  const { RequireAcr, StepUpModule } = await import('nest-stepup');
  return { decorators: [RequireAcr(ACR)], imports: [StepUpModule.forRoot({ verifier })] };
}

/** What an app writes that has no more than jose. */
async function joseGuard({ issuer, jwksUri }) {
  const { createRemoteJWKSet, jwtVerify } = await import('jose');
  const keys = createRemoteJWKSet(new URL(jwksUri));
  return guard(async (token) => {
    const { payload } = await jwtVerify(token, keys, { issuer, audience: AUDIENCE });
    return payload;
  });
}

async function fastJwtGuard({ issuer, jwksUri }) {
  const { createVerifier } = await import('fast-jwt');
  const { JwksClient } = await import('jwks-rsa');
  const keys = new JwksClient({ jwksUri });
  const verify = createVerifier({
    key: async ({ header }) => (await keys.getSigningKey(header.kid)).getPublicKey(),
    allowedIss: issuer,
    allowedAud: AUDIENCE,
    cache: true,
  });
  return guard(verify);
}

function guard(verify) {
  const canActivate = async (context) => {
    const { authorization = '' } = context.switchToHttp().getRequest().headers;
    const [scheme, token] = authorization.split(' ');
    if (scheme !== 'Bearer' || !token) throw new UnauthorizedException();
    let claims;
    try {
      claims = await verify(token);
    } catch {
      throw new UnauthorizedException();
    }
    if (claims.acr !== ACR) throw new UnauthorizedException();
    return true;
  };
  return { decorators: [UseGuards({ canActivate })] };
}

async function passportJwt({ issuer, jwksUri }) {
  const { AuthGuard, PassportModule, PassportStrategy } = await import('@nestjs/passport');
  const { ExtractJwt, Strategy } = (await import('passport-jwt')).default;
  const { passportJwtSecret } = await import('jwks-rsa');
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret({ cache: true, rateLimit: true, jwksUri }),
        issuer,
        audience: AUDIENCE,
        algorithms: ['RS256'],
      });
    }

    validate(claims) {
      if (claims.acr !== ACR) throw new UnauthorizedException();
      return claims;
    }
  }
  return {
    decorators: [UseGuards(AuthGuard('jwt'))],
    imports: [PassportModule],
    providers: [JwtStrategy],
  };
}

async function oauth2JwtBearer({ issuer, jwksUri }) {
  const { auth, claimEquals } = await import('express-oauth2-jwt-bearer');
  const options = { issuer, jwksUri, audience: AUDIENCE, tokenSigningAlg: 'RS256' };
  return { middleware: [auth(options), claimEquals('acr', ACR)] };
}

/** The middleware of https://developer.okta.com/blog/2023/10/24/stepup-okta, in words of our own. */
async function oktaMiddleware({ issuer }) {
  const { default: OktaJwtVerifier } = await import('@okta/jwt-verifier');
  const verifier = new OktaJwtVerifier({ issuer, testing: { disableHttpsCheck: true } });
  const middleware = async (request, response, next) => {
    const [, token] = /Bearer (.+)/.exec(request.headers.authorization ?? '') ?? [];
    let acr;
    try {
      ({ acr } = (await verifier.verifyAccessToken(token, AUDIENCE)).claims);
    } catch {
      // Node's own method: a middleware gets the raw response on Fastify.
      response.writeHead(401).end();
      return;
    }
    if (acr === ACR) {
      next();
      return;
    }
    response.setHeader(
      'WWW-Authenticate',
      `Bearer error="insufficient_user_authentication", acr_values="${ACR}"`,
    );
    response.writeHead(401).end();
  };
  return { middleware: [middleware] };
}
