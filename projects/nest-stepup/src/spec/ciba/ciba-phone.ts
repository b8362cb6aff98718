import { errors, type Provider } from 'oidc-provider';

/** What the phone shows of a request. */
export interface PendingApproval {
  readonly authReqId: string;
  readonly clientId: string;
  readonly accountId: string;
  readonly scope: string;
  readonly resource: readonly string[];
  readonly bindingMessage?: string;
  readonly acrValues?: string;
  readonly maxAge?: number;
  readonly requestContext?: unknown;
}

/** Which request is meant; left out: the latest. */
export type ApprovalChoice = { readonly bindingMessage: string } | { readonly authReqId: string };

/** How the user authenticated on the phone. */
export interface Approval {
  readonly acr?: string;
  readonly amr?: readonly string[];
  /** In seconds since the epoch; now when it is left out, and none when it is `null`. */
  readonly authTime?: number | null;
  /** Who did; the one who was asked for when it is left out. */
  readonly accountId?: string;
  /** Grants nothing at the API: its tokens then have an empty scope. */
  readonly withoutResourceScopes?: boolean;
}

type Request = InstanceType<Provider['BackchannelAuthenticationRequest']>;

/** The authentication device of a `CibaIssuer`: lists what waits for approval, and answers it. */
export class CibaPhone {
  private readonly requests = new Map<string, PendingApproval>();

  constructor(private readonly provider: () => Provider) {}

  /** Requests that came in and are not yet answered, oldest first. */
  pending(): readonly PendingApproval[] {
    return [...this.requests.values()];
  }

  /** @throws {Error} When no such request waits. */
  find(choice?: ApprovalChoice): PendingApproval {
    const found = this.pending()
      .filter(
        (pending) =>
          choice === undefined ||
          ('authReqId' in choice
            ? pending.authReqId === choice.authReqId
            : pending.bindingMessage === choice.bindingMessage),
      )
      .at(-1);
    if (!found) throw new Error('No such request waits for approval');
    return found;
  }

  /** Approves a request; the promise is fulfilled after the ping, if there is one. */
  async approve(
    {
      acr,
      amr,
      authTime = Math.floor(Date.now() / 1000),
      accountId,
      withoutResourceScopes = false,
    }: Approval = {},
    choice?: ApprovalChoice,
  ): Promise<void> {
    const pending = this.find(choice);
    const request = await this.take(pending);
    if (accountId !== undefined) {
      // What no right server does: a client has to notice.
      request.accountId = accountId;
    }
    const provider = this.provider();
    const grant = new provider.Grant({
      clientId: String(request.clientId),
      accountId: String(request.accountId),
    });
    const scopes = pending.scope.split(' ');
    grant.addOIDCScope(scopes.filter((scope) => OIDC_SCOPES.includes(scope)).join(' '));
    for (const resource of withoutResourceScopes ? [] : pending.resource) {
      grant.addResourceScope(resource, pending.scope);
    }
    grant.addOIDCClaims(['acr', 'amr', 'auth_time']);
    await grant.save();
    await provider.backchannelResult(request, grant, {
      acr,
      amr: amr && [...amr],
      authTime: authTime ?? undefined,
    });
  }

  /** Refuses a request, or has it fail with another error; fulfilled after the ping. */
  async deny(
    choice?: ApprovalChoice,
    error: errors.OIDCProviderError = new errors.AccessDenied(),
  ): Promise<void> {
    const request = await this.take(this.find(choice));
    await this.provider().backchannelResult(request, error);
  }

  /** For the issuer only: notes a request that came in. */
  show(request: Request): PendingApproval {
    const { params = {} } = request;
    const pending: PendingApproval = {
      authReqId: request.jti,
      clientId: String(request.clientId),
      accountId: String(request.accountId),
      scope: request.scope ?? '',
      resource: [request.resource ?? []].flat(),
      ...(typeof params.binding_message === 'string' && { bindingMessage: params.binding_message }),
      ...(typeof params.acr_values === 'string' && { acrValues: params.acr_values }),
      ...(params.max_age !== undefined && { maxAge: Number(params.max_age) }),
      ...(params.request_context !== undefined && { requestContext: params.request_context }),
    };
    this.requests.set(pending.authReqId, pending);
    return pending;
  }

  private async take({ authReqId }: PendingApproval): Promise<Request> {
    this.requests.delete(authReqId);
    const request = await this.provider().BackchannelAuthenticationRequest.find(authReqId, {
      ignoreExpiration: true,
    });
    if (!request) throw new Error('The request is over');
    return request;
  }
}

const OIDC_SCOPES = ['openid', 'offline_access', 'profile'];
