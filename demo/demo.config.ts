import { resolve } from 'node:path';
import { readCibaConfig, type CibaConfig } from './ciba.config.js';

/** A second factor that a demo account may use. */
export type SecondFactor = 'otp' | 'passkey';

/** Someone who can sign in at the embedded authorization server. */
export interface DemoAccount {
  /** User name, and the `sub` of every token. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly secondFactors: readonly SecondFactor[];
  /**
   * What the authorization server does when more is asked than the account can do: answers
   * `unmet_authentication_requirements`, or says nothing and grants less, as OpenID Connect lets
   * it do with the voluntary `acr_values`.
   */
  readonly whenUnreachable: 'refuse' | 'grantLess';
  /** One line for the terminal and the sign-in page. */
  readonly description: string;
}

/** How the embedded authorization server fills the `acr` claim: see `demo/issuer/acr-claim.ts`. */
export type AcrMode = 'okta' | 'session';

/** Everything that the parts of the demo have to agree on. */
export interface DemoConfig {
  readonly webPort: number;
  readonly apiPort: number;
  readonly issuerPort: number;
  /** Folder of the built web app. */
  readonly webRoot: string;
  readonly webOrigin: string;
  readonly apiUrl: string;
  readonly issuerOrigin: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** Whether a real Okta org takes the place of the embedded authorization server. */
  readonly oktaOrg: boolean;
  readonly acrMode: AcrMode;
  readonly accounts: readonly DemoAccount[];
  /** How the API asks people's phones; `undefined` with an Okta org, which has phones of its own. */
  readonly ciba: CibaConfig | undefined;
}

/** What the SPA is told at `GET /demo.config.json`. */
export type WebConfig = Pick<
  DemoConfig,
  'apiUrl' | 'issuer' | 'issuerOrigin' | 'clientId' | 'oktaOrg' | 'scopes'
> & {
  /** The page that stands in for a phone; absent where nobody can be asked on one. */
  readonly phoneUrl?: string;
};

/** Authentication contexts that the demo asks for, weakest first. */
export const ACR = {
  oneFactor: 'urn:okta:loa:1fa:any',
  twoFactors: 'urn:okta:loa:2fa:any',
  phishingResistant: 'phr',
  phishingResistantHardware: 'phrh',
} as const;

/** The accounts of the embedded authorization server. */
export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    id: 'alice',
    name: 'Alice Marlow',
    email: 'alice@harbour.example',
    password: 'harbour-alice',
    secondFactors: ['otp', 'passkey'],
    whenUnreachable: 'refuse',
    description: 'can use every factor: authenticator app, passkey',
  },
  {
    id: 'bob',
    name: 'Bob Tanner',
    email: 'bob@harbour.example',
    password: 'harbour-bob',
    secondFactors: ['otp'],
    whenUnreachable: 'refuse',
    description: 'has an authenticator app and may not create a passkey',
  },
  {
    id: 'carol',
    name: 'Carol Quinn',
    email: 'carol@harbour.example',
    password: 'harbour-carol',
    secondFactors: [],
    whenUnreachable: 'grantLess',
    description: 'is never asked for a second factor, whatever the application wants',
  },
];

/**
 * Reads the demo's settings.
 *
 * Ports come from `DEMO_WEB_PORT`, `DEMO_API_PORT` and `DEMO_ISSUER_PORT`, the folder of the built web
 * app from `DEMO_WEB_ROOT`; `DEMO_ACR_MODE` is `okta` or `session`. With `OKTA_ISSUER` and
 * `OKTA_CLIENT_ID` a real Okta org is used, whose API audience may be given as `OKTA_AUDIENCE`; without
 * them {@link readCibaConfig} says what else is read.
 *
 * @throws {RangeError} When a setting has a value that cannot be used.
 */
export function readDemoConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
): DemoConfig {
  const webPort = readPort(env, 'DEMO_WEB_PORT', 4200);
  const apiPort = readPort(env, 'DEMO_API_PORT', 4201);
  const issuerPort = readPort(env, 'DEMO_ISSUER_PORT', 4202);
  const okta = readOktaOrg(env);
  const issuer = okta?.issuer ?? `http://localhost:${issuerPort}/oauth2/default`;
  const issuerOrigin = new URL(issuer).origin;
  return {
    webPort,
    apiPort,
    issuerPort,
    webRoot: resolve(env['DEMO_WEB_ROOT'] || 'dist/demo-web/browser'),
    webOrigin: `http://localhost:${webPort}`,
    apiUrl: `http://localhost:${apiPort}`,
    issuer,
    issuerOrigin,
    clientId: okta?.clientId ?? 'spa',
    audience: okta?.audience ?? 'api://default',
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    oktaOrg: okta !== undefined,
    acrMode: readAcrMode(env),
    accounts: okta ? [] : DEMO_ACCOUNTS,
    ciba: okta ? undefined : readCibaConfig(env, issuerOrigin),
  };
}

/** Picks what a browser may know of the settings. */
export function webConfigOf(config: DemoConfig): WebConfig {
  const { apiUrl, ciba, issuer, issuerOrigin, clientId, oktaOrg, scopes } = config;
  return {
    apiUrl,
    issuer,
    issuerOrigin,
    clientId,
    oktaOrg,
    scopes,
    ...(ciba && { phoneUrl: ciba.phoneUrl }),
  };
}

type Env = Readonly<Record<string, string | undefined>>;

function readPort(env: Env, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 1 && port <= 65_535)) {
    throw new RangeError(
      `Cannot start the demo as ${name} must be a port from 1 to 65535: current value is ${text}`,
    );
  }
  return port;
}

function readAcrMode(env: Env): AcrMode {
  const mode = env['DEMO_ACR_MODE'] || 'okta';
  if (mode === 'okta' || mode === 'session') return mode;
  throw new RangeError(
    `Cannot start the demo as DEMO_ACR_MODE must be okta or session: current value is ${mode}`,
  );
}

function readOktaOrg(env: Env): { issuer: string; clientId: string; audience: string } | undefined {
  const issuer = env['OKTA_ISSUER'] || undefined;
  const clientId = env['OKTA_CLIENT_ID'] || undefined;
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) {
    throw new RangeError(
      'Cannot start the demo as OKTA_ISSUER and OKTA_CLIENT_ID go together: current value is one of them',
    );
  }
  if (!URL.canParse(issuer)) {
    throw new RangeError(
      `Cannot start the demo as OKTA_ISSUER must be a URL: current value is ${issuer}`,
    );
  }
  return { issuer, clientId, audience: env['OKTA_AUDIENCE'] || 'api://default' };
}
