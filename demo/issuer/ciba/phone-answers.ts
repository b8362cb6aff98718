import { errors, type Provider } from 'oidc-provider';
import type { AcrMode } from '../../demo.config.js';
import { phoneApproval } from './phone-approval.js';
import type { PhoneRequest, PhoneRequests } from './phone-requests.js';

type Result = InstanceType<Provider['Grant']> | errors.OIDCProviderError;

/** Tells the authorization server what people answer on their phones: once for each request. */
export class PhoneAnswers {
  readonly #provider: Provider;
  readonly #requests: PhoneRequests;
  readonly #acrMode: AcrMode;
  readonly #now: () => number;

  constructor(options: {
    readonly provider: Provider;
    readonly requests: PhoneRequests;
    readonly acrMode: AcrMode;
    readonly now: () => number;
  }) {
    this.#provider = options.provider;
    this.#requests = options.requests;
    this.#acrMode = options.acrMode;
    this.#now = options.now;
  }

  async approve(request: PhoneRequest): Promise<void> {
    // Where there is a number to pick, approving without it would go round the comparison.
    if (request.choices.length === 0) return this.#approve(request);
  }

  /** Approves with the number of the other screen; any other number is a refusal. */
  async pick(request: PhoneRequest, number: string): Promise<void> {
    if (request.choices.length === 0) return;
    await (number === request.bindingMessage ? this.#approve(request) : this.deny(request));
  }

  async deny(request: PhoneRequest): Promise<void> {
    if (!this.#take(request, 'denied')) return;
    await this.#tell(request, new errors.AccessDenied('the end-user denied the request'));
  }

  async #approve(request: PhoneRequest): Promise<void> {
    const approval = phoneApproval(request.account, request.acrValues, this.#acrMode);
    if (!this.#take(request, approval ? 'approved' : 'unmet')) return;
    const result = approval
      ? await this.#grant(request)
      : new errors.CustomOIDCProviderError(
          'unmet_authentication_requirements',
          'the end-user cannot authenticate as requested',
        );
    await this.#tell(request, result, { ...approval, authTime: this.#now() });
  }

  /** Marks a request as answered, before anything is awaited: of two taps the first one counts. */
  #take(request: PhoneRequest, state: PhoneRequest['state']): boolean {
    if (!this.#requests.isOpen(request)) return false;
    request.state = state;
    return true;
  }

  async #grant({ authReqId, account }: PhoneRequest): Promise<Result> {
    const asked = await this.#provider.BackchannelAuthenticationRequest.find(authReqId);
    const clientId = asked?.clientId;
    if (!asked || clientId === undefined) {
      return new errors.ExpiredToken('the request has expired');
    }
    const grant = new this.#provider.Grant({ clientId, accountId: account.id });
    const scope = asked.scope ?? '';
    grant.addOIDCScope(scope);
    for (const resource of [asked.resource ?? []].flat()) grant.addResourceScope(resource, scope);
    await grant.save();
    return grant;
  }

  async #tell(
    { authReqId }: PhoneRequest,
    result: Result,
    authentication: { acr?: string | undefined; amr?: string[]; authTime?: number } = {},
  ): Promise<void> {
    try {
      await this.#provider.backchannelResult(authReqId, result, authentication);
    } catch (error) {
      // The answer is kept: a client that could not be told of it will ask.
      console.warn('The demo issuer could not tell a client about an answer:', error);
    }
  }
}
