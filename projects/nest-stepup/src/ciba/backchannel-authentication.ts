import { Inject, Injectable, Optional } from '@nestjs/common';
import { decodeJwt } from 'jose';
import { InvalidTokenException, TokenVerifier, type Authentication } from 'nest-stepup';
import type { AuthenticationRequirement } from 'stepup-core';
import {
  BackchannelClient,
  type BackchannelHint,
  type RequestContext,
  type TokenSet,
} from './authorization-server/backchannel-client.js';
import { CibaException } from './ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from './ciba.settings.js';
import { RefreshTokens } from './refresh-tokens.js';
import { tokenResponse, type TokenResponse } from './token-response.js';
import { addressKey, hintKey } from './transactions/limit-key.js';
import { RateLimiter } from './transactions/rate-limiter.js';
import { TokenDisposal } from './transactions/token-disposal.js';
import { TransactionAudit } from './transactions/transaction-audit.js';
import type { StartedTransaction } from './transactions/transaction-request.js';
import { Transactions } from './transactions/transactions.js';

/** A sign-in to start. */
export interface SignInRequest {
  readonly hint: BackchannelHint;
  /** @default `signIn.scope` of the module */
  readonly scope?: string;
  /** @default none */
  readonly resource?: readonly string[];
  /** @default `signIn.requirement` of the module */
  readonly requirement?: AuthenticationRequirement;
  /** What `BrowserBinding.establish()` returned for the browser that is to get the tokens. */
  readonly binding?: string;
  /** Of that browser. */
  readonly requestContext?: RequestContext;
  /** Whom the limit per address counts for. */
  readonly remoteAddress?: string;
}

/** Which browser asks. */
export interface BrowserProof {
  /** What `BrowserBinding.of()` returned for it. */
  readonly binding?: string | undefined;
}

/** Which browser asks for a token to be revoked. */
export interface RevocationRequest extends BrowserProof {
  /** Whom the limit per address counts for. */
  readonly remoteAddress?: string;
}

/** Which browser waits for tokens. */
export interface TokenWait extends BrowserProof {
  /** Aborted when it has gone: the tokens then stay for whoever asks next. */
  readonly signal?: AbortSignal | undefined;
}

/** Authentication on another device: started, asked about, its tokens refreshed and revoked. */
@Injectable()
export class BackchannelAuthentication {
  private readonly verifier: TokenVerifier;

  /** @throws {TypeError} When `StepUpModule` is missing. */
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly transactions: Transactions,
    private readonly refreshTokens: RefreshTokens,
    private readonly client: BackchannelClient,
    private readonly audit: TransactionAudit,
    private readonly disposal: TokenDisposal,
    private readonly limiter: RateLimiter,
    @Optional() @Inject(TokenVerifier) verifier: TokenVerifier | undefined,
  ) {
    if (!verifier) {
      throw new TypeError(
        'Cannot use CIBA as StepUpModule is missing: import StepUpModule.forRoot({ verifier }) in ' +
          'the root module, and leave it global',
      );
    }
    this.verifier = verifier;
  }

  /**
   * Asks a user's phone to approve a sign-in.
   *
   * @throws {TypeError} Without a binding, unless `compatibility.unboundTransactions` is on.
   * @throws {CibaException} `too_many_requests`, or what the authorization server answers.
   */
  async start(request: SignInRequest): Promise<StartedTransaction> {
    const { signIn, compatibility } = this.settings;
    const { hint, binding, requestContext, remoteAddress } = request;
    const { requirement = signIn.requirement } = request;
    if (binding === undefined && !compatibility.unboundTransactions) {
      throw new TypeError(
        "Cannot start a sign-in as 'binding' is missing: pass what BrowserBinding.establish() " +
          'returns for the browser that is to get the tokens',
      );
    }
    return this.transactions.start({
      kind: 'sign-in',
      hint,
      scope: request.scope ?? signIn.scope,
      resource: request.resource ?? [],
      binding,
      limitKey: hintKey(hint),
      ...(requirement && { requirement }),
      ...(requestContext && { requestContext }),
      ...(remoteAddress !== undefined && { remoteAddress }),
    });
  }

  /**
   * Fetches the tokens of a transaction, for the browser that started it, once.
   *
   * @throws {CibaException} `authorization_pending` while the user has not answered; otherwise how
   *   it ended, or `invalid_grant` when there is nothing to fetch.
   */
  async cibaStatus(
    authRequestId: string,
    { binding, signal }: TokenWait = {},
  ): Promise<TokenResponse> {
    const { resource, subject, ...tokens } = await this.transactions.handOver(
      authRequestId,
      binding,
      signal && { signal },
    );
    return this.respond(tokens, { binding, resource, subject });
  }

  /**
   * Exchanges a refresh token that came with {@link cibaStatus}, in the same browser.
   *
   * @throws {CibaException} `invalid_grant` when it is good no more, or another browser's;
   *   `temporarily_unavailable` when the authorization server cannot be reached.
   */
  async refresh(refreshToken: string, { binding }: BrowserProof = {}): Promise<TokenResponse> {
    const grant = await this.refreshTokens.open(refreshToken, binding);
    const { token, resource, subject } = grant;
    const tokens = await this.client.refresh(token, { resource });
    const about = subject === undefined ? {} : { subject };
    if (!isOf(tokens, subject)) {
      await this.disposal.of(tokens);
      this.audit.tell({ type: 'failed', error: 'invalid_grant', ...about });
      throw new CibaException('invalid_grant', 'The refresh token brought tokens of another user');
    }
    this.audit.tell({ type: 'refreshed', ...about });
    // A server that does not rotate them sends none: the old one is still good.
    return this.respond({ refreshToken: token, ...tokens }, grant);
  }

  /**
   * Revokes a refresh token that came with {@link cibaStatus}, for the browser that got it, or an
   * access token, for whoever has it.
   *
   * A token that is unknown, revoked already or another browser's is no error: nothing is told of
   * it. Where the authorization server cannot revoke, a token is good for as long as it lasts.
   *
   * @throws {CibaException} `invalid_request` when the text could not be a token;
   *   `too_many_requests`; `temporarily_unavailable` when the token may still be good as the
   *   authorization server cannot be reached.
   * @see [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
   */
  async revoke(token: string, { binding, remoteAddress }: RevocationRequest = {}): Promise<void> {
    if (typeof token !== 'string' || !B64_TOKEN.test(token)) {
      throw new CibaException('invalid_request', "'token' is not a well-formed token");
    }
    const about = remoteAddress === undefined ? {} : { remoteAddress };
    if (remoteAddress !== undefined) {
      const { perAddress } = this.settings.limits;
      await this.limiter.check('revocations', addressKey(remoteAddress), perAddress, about);
    }
    const found = await this.refreshTokens.find(token, binding);
    if (found && !found.isOwn) return;
    // With a refresh token, many servers take back all that came with it.
    const answer = found
      ? await this.client.revoke(found.grant.token, 'refresh_token')
      : await this.client.revoke(token, 'access_token');
    if (answer.outcome === 'unreachable') {
      const { retryAfterSeconds = 5 } = answer;
      const description = 'The token may still be good: the authorization server cannot be reached';
      throw new CibaException('temporarily_unavailable', description, { retryAfterSeconds });
    }
    if (answer.outcome === 'refused') return;
    const subject = found?.grant.subject;
    this.audit.tell({ type: 'revoked', ...about, ...(subject !== undefined && { subject }) });
  }

  /**
   * Verifies an access token by the verifier of `StepUpModule`.
   *
   * @returns Its claims.
   * @throws {InvalidTokenException} When it is refused.
   */
  async validateJwt(jwt: string): Promise<Readonly<Record<string, unknown>>> {
    const { now, clockToleranceSeconds } = this.settings;
    // As the guard does: a verifier is handed no text that could not be a token.
    if (typeof jwt !== 'string' || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) {
      throw new InvalidTokenException();
    }
    const context = { now: now(), clockToleranceSeconds };
    const { claims }: Authentication = await this.verifier.verify(
      { value: jwt, scheme: 'Bearer' },
      context,
    );
    if (!claims) throw new CibaException('server_error', 'The token verifier tells no claims');
    return claims;
  }

  private async respond(
    tokens: TokenSet,
    { binding, resource, subject }: Grantee,
  ): Promise<TokenResponse> {
    const { refreshToken: token } = tokens;
    if (token === undefined) return tokenResponse(tokens);
    const sealed = await this.refreshTokens.seal({
      token,
      resource,
      ...(binding !== undefined && { binding }),
      ...(subject !== undefined && { subject }),
    });
    return tokenResponse(tokens, sealed);
  }
}

/** @see [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1) */
const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Whose tokens are, and what for. */
interface Grantee {
  readonly binding?: string | undefined;
  readonly subject?: string | undefined;
  readonly resource: readonly string[];
}

/**
 * Whether refreshed tokens are of the user who approved. A server need not send an ID token.
 *
 * @see [OpenID Connect Core §12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)
 */
function isOf({ idToken }: TokenSet, subject: string | undefined): boolean {
  if (idToken === undefined || subject === undefined) return true;
  try {
    return decodeJwt(idToken).sub === subject;
  } catch {
    // What is no JWT says nothing of this user.
    return false;
  }
}
