/**
 * What this package uses of an `OktaAuth` instance; those of okta-auth-js 7 and 8 fit.
 *
 * A structural type, so that neither major is imported and a test can hand in a fake.
 */
export interface OktaAuthLike {
  readonly options: OktaAuthLikeOptions;
  readonly token: OktaTokenApi;
  readonly tokenManager: OktaTokenManager;
  readonly authStateManager: { updateAuthState(): Promise<unknown> };
  start(): Promise<void>;
  /** Whether the page's URL is an answer of the authorization server to `redirectUri`. */
  isLoginRedirect(): boolean;
  getOrRenewAccessToken(): Promise<string | null>;
  handleLoginRedirect(tokens?: OktaTokens, originalUri?: string): Promise<void>;
  getOriginalUri(state?: string): string | undefined;
  removeOriginalUri(state?: string): void;
}

/** The settings of the app's `OktaAuth` that matter to a step-up. */
export interface OktaAuthLikeOptions {
  readonly acrValues?: string | undefined;
  readonly scopes?: string[] | undefined;
  /** Only whether there is one matters here: the SDK calls it. */
  readonly restoreOriginalUri?: unknown;
}

/** The SDK's calls to the authorization server. */
export interface OktaTokenApi {
  getWithRedirect(request: OktaTokenRequest): Promise<void>;
  getWithPopup(request: OktaTokenRequest): Promise<{ readonly tokens: OktaTokens }>;
  /** Redeems the code in the page's URL, takes it out of the URL, and stores nothing. */
  parseFromUrl(): Promise<{ readonly tokens: OktaTokens }>;
}

/** Where the SDK keeps the tokens. */
export interface OktaTokenManager {
  isStarted(): boolean;
  getTokensSync(): OktaTokens;
  /** Replaces the whole set: what is missing in `tokens` is removed. */
  setTokens(tokens: OktaTokens): void;
  on(event: 'added' | 'removed', handler: () => void): void;
  off(event: 'added' | 'removed', handler: () => void): void;
}

/** Parameters of an authorization request, by the SDK's names. */
export interface OktaTokenRequest {
  state?: string;
  scopes?: string[];
  acrValues?: string;
  /** In seconds. */
  maxAge?: number;
  loginHint?: string;
  extraParams?: Record<string, string>;
  /** What the popup opens before the authorization request; the app's root by default. */
  initialPath?: string;
  /** Name of the popup's window. */
  popupTitle?: string;
  /** How long to wait for the popup, in milliseconds. */
  timeout?: number;
}

/** A set of tokens, as the SDK keeps it. */
export interface OktaTokens {
  readonly accessToken?: OktaToken;
  readonly idToken?: OktaIdToken;
  readonly refreshToken?: OktaToken;
}

/** A token of any kind. */
export interface OktaToken {
  readonly scopes: string[];
  /** Set by `signOut()`: the token is removed when the SDK next starts. */
  readonly pendingRemove?: boolean;
}

/** An ID token; the SDK has verified its signature, issuer, audience and lifetime. */
export interface OktaIdToken extends OktaToken {
  readonly idToken: string;
  readonly claims: Readonly<Record<string, unknown>>;
}
