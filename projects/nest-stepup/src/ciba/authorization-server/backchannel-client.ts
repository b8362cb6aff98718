import type { Authentication } from 'nest-stepup';
import type { CibaErrorCode } from '../ciba.exception.js';
import type { ProviderProfile } from './provider-profile.js';

/** Who is to be authenticated: exactly one of the three. */
export type BackchannelHint =
  | { readonly login_hint: string }
  | { readonly login_hint_token: string }
  | { readonly id_token_hint: string };

/** Where a request comes from: what an authorization server may show on the phone, or judge risk by. */
export interface RequestContext {
  /** Address of the browser. */
  readonly ipAddress?: string;
  readonly userAgent?: string;
  /** What the user is about to do, in the words of the app. */
  readonly reason?: string;
}

/**
 * What an authorization server is asked for: to have one end-user approve on another device.
 *
 * @see [CIBA §7.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#auth_request)
 */
export interface BackchannelRequest {
  readonly hint: BackchannelHint;
  /** Space-separated, with `openid` in it. */
  readonly scope: string;
  /** The APIs that the access token is for; empty: none in particular. */
  readonly resource: readonly string[];
  /** Most preferred first. */
  readonly acrValues?: readonly string[];
  /** In seconds. */
  readonly maxAge?: number;
  /** Shown on both devices. */
  readonly bindingMessage?: string;
  /** How long the user is to have, in seconds. */
  readonly requestedExpirySeconds?: number;
  /** What the server shall present with a ping. Not sent in poll mode: Keycloak would refuse it. */
  readonly notificationToken?: string;
  readonly requestContext?: RequestContext;
}

/** What the authorization server answers to a {@link BackchannelRequest}. */
export interface BackchannelAnswer {
  /** The server's handle of the request: a secret that never leaves the API. */
  readonly authReqId: string;
  /** From the answer on, in seconds. */
  readonly expiresInSeconds: number;
  /** The least time between two token requests; 5 where the server names none. */
  readonly intervalSeconds: number;
}

/** Tokens, as the token endpoint answers with them. */
export interface TokenSet {
  readonly accessToken: string;
  /** `Bearer` or `DPoP`. */
  readonly tokenType: string;
  readonly idToken?: string;
  readonly refreshToken?: string;
  readonly scope?: string;
  /** From the answer on, in seconds. */
  readonly expiresInSeconds?: number;
}

/** Tokens, and what the verified ID token among them says about the authentication. */
export interface AuthenticationResult {
  readonly tokens: TokenSet;
  readonly authentication: Authentication;
}

/** What came of one token request. */
export type RedemptionOutcome =
  /** There is an ID token, and its signature, issuer, audience and expiry were verified. */
  | { readonly outcome: 'approved'; readonly result: AuthenticationResult }
  /** Another request may be sent, later. */
  | {
      readonly outcome: 'pending' | 'slow_down' | 'unreachable';
      readonly retryAfterSeconds?: number;
      /** The interval that the server now wants, in seconds. */
      readonly intervalSeconds?: number;
    }
  /** No further request may be sent. */
  | {
      readonly outcome: 'denied' | 'expired' | 'failed';
      readonly error: CibaErrorCode;
      readonly description: string;
    };

/** What came of a request to revoke a token. */
export type RevocationOutcome =
  /** The server has done it, or does not know the token: it does not say which. */
  | { readonly outcome: 'revoked' }
  /** The server does not revoke this token, or none: it is good for as long as it lasts. */
  | { readonly outcome: 'refused' }
  /** The token may still be good: the same request may do better later. */
  | { readonly outcome: 'unreachable'; readonly retryAfterSeconds?: number };

/** What an access token is asked for. */
export interface TokenRequestOptions {
  readonly scope?: string;
  readonly resource?: readonly string[];
}

/** The authorization server, as a confidential client that may use CIBA sees it. */
export abstract class BackchannelClient {
  /** What is particular to the server. */
  abstract readonly profile: ProviderProfile;

  /**
   * Asks for an authentication on another device.
   *
   * @throws {CibaException} `temporarily_unavailable` when the server, or its metadata, cannot be
   *   had; `server_error` when it does not accept this client; otherwise the server's own code. Of
   *   `invalid_request`, `invalid_scope` and `invalid_target` the caller has to know who chose what
   *   is refused: its own caller, or whoever configured this API.
   */
  abstract authenticate(request: BackchannelRequest): Promise<BackchannelAnswer>;

  /**
   * Sends one token request, and never a second.
   *
   * It does not reject, whatever the server says or fails to say.
   *
   * @param resource As in the request: an access token is for a resource only when both name it.
   */
  abstract redeem(authReqId: string, resource: readonly string[]): Promise<RedemptionOutcome>;

  /**
   * Exchanges a refresh token.
   *
   * @throws {CibaException} `invalid_grant` when it is good no more; `temporarily_unavailable` when
   *   the server cannot be reached.
   */
  abstract refresh(refreshToken: string, options?: TokenRequestOptions): Promise<TokenSet>;

  /**
   * Revokes a token as far as the server can.
   *
   * It does not reject, whatever the server says or fails to say.
   *
   * @see [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
   */
  abstract revoke(
    token: string,
    hint?: 'access_token' | 'refresh_token',
  ): Promise<RevocationOutcome>;

  /**
   * Makes a JWT by which this client authenticates, for the issuer as audience.
   *
   * @throws {CibaException} `server_error` when the client authenticates by sending a secret;
   *   `temporarily_unavailable` when its signer fails, or takes too long.
   * @see [RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3)
   */
  abstract clientAssertion(): Promise<string>;

  /**
   * Gets an access token for this client itself.
   *
   * @throws {CibaException} As {@link authenticate}.
   */
  abstract clientCredentials(options?: TokenRequestOptions): Promise<TokenSet>;
}
