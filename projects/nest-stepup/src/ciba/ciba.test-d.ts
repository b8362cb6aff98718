// Compiled by `npm run typecheck`, never run: what apps may write, and what they may not.
import { StepUpModule, type TokenVerifier } from 'nest-stepup';
import {
  CibaModule,
  keycloakProfile,
  privateKeyJwt,
  type BackchannelHint,
  type BrowserBinding,
  type CibaEvent,
  type CibaOptions,
  type HttpRequest,
  type HttpResponse,
  type QrSessions,
  type TokenResponse,
} from 'nest-stepup/ciba';

declare const verifier: TokenVerifier;
const options: CibaOptions = {
  issuer: 'https://as.example.com',
  clientId: 'bank-api',
  clientAuthentication: privateKeyJwt({
    algorithm: 'ES256',
    sign: (input) => Promise.resolve(input),
  }),
  publicUrl: 'https://api.example.com',
  profile: keycloakProfile(),
  hint: ({ subject = '' }) => ({ login_hint: subject }),
  signIn: { loginHintKinds: ['login_hint_token'], requirement: { maxAge: 300 } },
  onEvent: ({ type, at }: CibaEvent) => `${type} ${at}`,
};

export const imports = [
  StepUpModule.forRoot({ verifier }),
  CibaModule.forRoot({ ...options, path: 'login', isGlobal: true }),
  CibaModule.forRootAsync({ useFactory: () => options, path: 'login' }),
];

// @ts-expect-error Push is not supported.
export const push: CibaOptions = { ...options, deliveryMode: 'push' };

// @ts-expect-error A secret by itself is not a way to authenticate.
export const secret: CibaOptions = { ...options, clientAuthentication: 'secret' };

// @ts-expect-error Who does not say where the API is gets no callback URL.
export const nowhere: CibaOptions = { ...options, publicUrl: undefined };

// @ts-expect-error Exactly one hint.
export const noHint: BackchannelHint = {};

/** A route of an app's own that makes a QR session. */
export async function show(
  sessions: QrSessions,
  browsers: BrowserBinding,
  request: HttpRequest,
  response: HttpResponse,
): Promise<string> {
  const binding = browsers.establish(request, response, undefined);
  const { qr } = await sessions.makeQrAuthSession('10.0.0.1', { binding });
  return qr;
}

/** What a browser never gets by another name. */
export function read({ access_token: accessToken, refresh_token: sealed }: TokenResponse): void {
  const token: string = accessToken;
  // @ts-expect-error There is not always a refresh token.
  const refresh: string = sealed;
  void [token, refresh];
}
