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
import { hintKey } from './transactions/limit-key.js';
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

/** Authentication on another device: started, asked about, and its tokens refreshed. */
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
  async cibaStatus(authRequestId: string, { binding }: BrowserProof = {}): Promise<TokenResponse> {
    const { resource, subject, ...tokens } = await this.transactions.handOver(
      authRequestId,
      binding,
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
