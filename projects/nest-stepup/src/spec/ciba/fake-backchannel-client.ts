import {
  BackchannelClient,
  type BackchannelAnswer,
  type BackchannelRequest,
  type RedemptionOutcome,
  type RevocationOutcome,
  type TokenRequestOptions,
  type TokenSet,
} from '../../ciba/authorization-server/backchannel-client.js';
import { standardProfile } from '../../ciba/authorization-server/profiles/standard.js';
import { CibaException } from '../../ciba/ciba.exception.js';

/** How a {@link FakeBackchannelClient} is asked to behave, and what it counts. */
export interface FakeRequest {
  readonly authReqId: string;
  readonly request: BackchannelRequest;
  /** When the token requests about it were sent. */
  readonly sentAt: number[];
  /** Token requests on their way now, and the most there ever were at once. */
  open: number;
  mostOpen: number;
  /** What the next token request gets. */
  outcome: RedemptionOutcome;
  isRedeemed: boolean;
}

/**
 * An authorization server in the memory of the test: the test is the user.
 *
 * Like `oidc-provider` it gives tokens away once, and takes them back when they are asked for again.
 */
export class FakeBackchannelClient extends BackchannelClient {
  override readonly profile = standardProfile();
  readonly requests: FakeRequest[] = [];
  readonly revoked: string[] = [];
  answer: Partial<BackchannelAnswer> = {};
  /** Runs before the answer to an authentication request is given. */
  onAuthenticate: (request: FakeRequest) => Promise<void> | void = () => undefined;
  /** Runs after a token request has arrived, and before it is answered. */
  onRedeem: (request: FakeRequest) => Promise<void> | void = () => undefined;

  constructor(private readonly now: () => number) {
    super();
  }

  get latest(): FakeRequest {
    const latest = this.requests.at(-1);
    if (!latest) throw new Error('Nothing was asked for');
    return latest;
  }

  get tokenRequests(): number {
    return this.requests.reduce((sum, { sentAt }) => sum + sentAt.length, 0);
  }

  approve(
    claims: { subject?: string; acr?: string; authTime?: number } = {},
    request: FakeRequest = this.latest,
  ): void {
    const authentication = { subject: 'alice', acr: 'phr', authTime: this.now(), ...claims };
    const tokens = {
      accessToken: `at ${request.authReqId}`,
      refreshToken: `rt ${request.authReqId}`,
      tokenType: 'Bearer',
    };
    request.outcome = { outcome: 'approved', result: { tokens, authentication } };
  }

  deny(request: FakeRequest = this.latest): void {
    request.outcome = {
      outcome: 'denied',
      error: 'access_denied',
      description: 'The user refused',
    };
  }

  override async authenticate(request: BackchannelRequest): Promise<BackchannelAnswer> {
    const made: FakeRequest = {
      authReqId: `auth-req-id-${this.requests.length}`,
      request,
      sentAt: [],
      open: 0,
      mostOpen: 0,
      outcome: { outcome: 'pending' },
      isRedeemed: false,
    };
    this.requests.push(made);
    await this.onAuthenticate(made);
    return {
      authReqId: made.authReqId,
      expiresInSeconds: 120,
      intervalSeconds: 5,
      ...this.answer,
    };
  }

  override async redeem(authReqId: string): Promise<RedemptionOutcome> {
    const request = this.requests.find((one) => one.authReqId === authReqId);
    if (!request) return invalidGrant;
    request.sentAt.push(this.now());
    request.open++;
    request.mostOpen = Math.max(request.mostOpen, request.open);
    const { outcome } = request;
    const isSecond = request.isRedeemed;
    if (outcome.outcome === 'approved') request.isRedeemed = true;
    try {
      await this.onRedeem(request);
    } finally {
      request.open--;
    }
    if (isSecond) this.revoked.push(`at ${authReqId}`);
    return isSecond ? invalidGrant : outcome;
  }

  override revoke(
    token: string,
    _hint?: 'access_token' | 'refresh_token',
  ): Promise<RevocationOutcome> {
    this.revoked.push(token);
    return Promise.resolve({ outcome: 'revoked' });
  }

  override refresh(_token: string, _options?: TokenRequestOptions): Promise<TokenSet> {
    return Promise.reject(new CibaException('invalid_grant', 'There is nothing to refresh here'));
  }

  override clientAssertion(): Promise<string> {
    return Promise.resolve('assertion');
  }

  override clientCredentials(): Promise<TokenSet> {
    return Promise.resolve({ accessToken: 'at of the client', tokenType: 'Bearer' });
  }
}

const invalidGrant: RedemptionOutcome = {
  outcome: 'failed',
  error: 'invalid_grant',
  description: 'The grant is good no more',
};
