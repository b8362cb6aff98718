import type { CibaErrorCode } from '../ciba.exception.js';
import type { BackchannelHint } from './backchannel-client.js';

/** How the outcome of a request reaches the API. Push is not supported. */
export type DeliveryMode = 'poll' | 'ping';

/** The names of the three kinds of {@link BackchannelHint}. */
export type HintKind = 'login_hint' | 'login_hint_token' | 'id_token_hint';

/** Which binding messages an authorization server takes. */
export interface BindingMessagePolicy {
  readonly required: boolean;
  /** In UTF-16 code units. */
  readonly maxLength: number;
  /** Matches each single character that may be in it. */
  readonly alphabet: RegExp;
}

/** How an authorization server is told how long the user is to have. */
export interface ExpiryParameter {
  readonly name: 'requested_expiry' | 'request_expiry';
  /** In seconds: what lies outside is brought inside. */
  readonly minimumSeconds: number;
  readonly maximumSeconds: number;
}

/** An error of the authorization server's. Its texts are untrusted: they decide, and are never shown. */
export interface UpstreamError {
  readonly error: string;
  readonly description: string | undefined;
}

/** Reads an error that means another one than its code says; `undefined` when it means that. */
export type ErrorReader = (error: UpstreamError) => CibaErrorCode | undefined;

/** What one kind of authorization server does differently from the others. */
export interface ProviderProfile {
  /** For the log. */
  readonly name: string;
  /** A configuration with another one is refused. */
  readonly deliveryModes: readonly DeliveryMode[];
  /** A hint of another kind is refused before it is sent. */
  readonly hintKinds: readonly HintKind[];
  /**
   * Whether a `login_hint` is a name that users sign in by, and not the `sub` of their tokens: an
   * app has to set `hint` then.
   */
  readonly namesUsersByLogin: boolean;
  /** Writes a hint as the server reads it. */
  readonly formatHint: (hint: BackchannelHint) => BackchannelHint;
  readonly bindingMessage: BindingMessagePolicy;
  /** `undefined`: the server decides alone. */
  readonly requestedExpiry: ExpiryParameter | undefined;
  /** Which parameter names the APIs that an access token is for. */
  readonly resourceParameter: 'resource' | 'audience';
  /** Whether `request_context` (FAPI-CIBA) is sent. */
  readonly supportsRequestContext: boolean;
  /** Whether a signed request has to hold a `client_id` besides `iss`. */
  readonly signsClientId: boolean;
  /** Sent with each backchannel authentication request, whatever it is about. */
  readonly extraParameters: Readonly<Record<string, string>>;
  /**
   * Whether `auth_time` says when the tokens were fetched and not when the user authenticated: a
   * maximum age is then met by any approval.
   */
  readonly authTimeIsRedemptionTime: boolean;
  /** For errors of the authentication endpoint. */
  readonly readRequestError: ErrorReader;
  /** For errors of the token endpoint. */
  readonly readTokenError: ErrorReader;
}

/** What of a profile can be set by an app whose server is configured otherwise. */
export type ProviderProfileOverrides = Partial<ProviderProfile>;
