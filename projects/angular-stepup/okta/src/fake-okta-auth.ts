import type {
  OktaAuthLike,
  OktaAuthLikeOptions,
  OktaIdToken,
  OktaTokenRequest,
  OktaTokens,
} from './okta-auth-like';

/** Makes an ID token as the SDK keeps it. */
export const idTokenWith = (claims: Readonly<Record<string, unknown>>): OktaIdToken => ({
  idToken: JSON.stringify(claims),
  claims,
  scopes: ['openid', 'profile'],
});

/** An access token as the SDK keeps it. */
export const ACCESS_TOKEN = { accessToken: 'at', scopes: ['openid', 'profile', 'transfers'] };
export const REFRESH_TOKEN = { refreshToken: 'rt', scopes: ['openid', 'offline_access'] };

/** An `OktaAuth` without network: it answers with `answer`, and records what it is asked. */
export class FakeOktaAuth implements OktaAuthLike {
  /** What the next request gives; a function is called. */
  answer: () => Promise<{ readonly tokens: OktaTokens }> = () => Promise.resolve({ tokens: {} });
  renewed: string | null = 'at';
  loginRedirect = true;
  originalUri: string | undefined;
  readonly redirects: OktaTokenRequest[] = [];
  readonly popups: OktaTokenRequest[] = [];
  readonly calls: string[] = [];
  readonly restored: (string | undefined)[] = [];
  #tokens: OktaTokens;
  readonly #handlers = new Set<() => void>();

  constructor(
    tokens: OktaTokens = {},
    readonly options: OktaAuthLikeOptions = {},
  ) {
    this.#tokens = tokens;
  }

  get tokens(): OktaTokens {
    return this.#tokens;
  }

  get listeners(): number {
    return this.#handlers.size;
  }

  readonly token = {
    getWithRedirect: async (request: OktaTokenRequest): Promise<void> => {
      await this.answer();
      this.redirects.push(request);
    },
    getWithPopup: (request: OktaTokenRequest) => {
      this.popups.push(request);
      return this.answer();
    },
    parseFromUrl: () => {
      this.calls.push('parseFromUrl');
      return this.answer();
    },
  };

  readonly tokenManager = {
    isStarted: () => this.calls.includes('start'),
    getTokensSync: () => this.#tokens,
    setTokens: (tokens: OktaTokens) => {
      this.calls.push('setTokens');
      this.#tokens = tokens;
      for (const handler of this.#handlers) handler();
    },
    on: (_event: 'added' | 'removed', handler: () => void) => void this.#handlers.add(handler),
    off: (_event: 'added' | 'removed', handler: () => void) => void this.#handlers.delete(handler),
  };

  readonly authStateManager = {
    updateAuthState: async () => void this.calls.push('updateAuthState'),
  };

  async start(): Promise<void> {
    this.calls.push('start');
  }

  isLoginRedirect(): boolean {
    return this.loginRedirect;
  }

  async getOrRenewAccessToken(): Promise<string | null> {
    this.calls.push('getOrRenewAccessToken');
    return this.renewed;
  }

  async handleLoginRedirect(tokens: OktaTokens = {}, originalUri?: string): Promise<void> {
    this.tokenManager.setTokens(tokens);
    this.restored.push(originalUri);
  }

  getOriginalUri(): string | undefined {
    return this.originalUri;
  }

  removeOriginalUri(): void {
    this.originalUri = undefined;
  }
}

/** An error as the SDK throws it. */
export function sdkError(name: 'OAuthError' | 'AuthSdkError', code: string, message = code): Error {
  return Object.assign(new Error(message), { name, errorCode: code });
}
