import {
  clientCredentialsGrant,
  genericGrantRequest,
  getDPoPHandle,
  initiateBackchannelAuthentication,
  randomDPoPKeyPair,
  refreshTokenGrant,
  tokenRevocation,
  type Configuration,
  type DPoPHandle,
  type DPoPOptions,
  type TokenEndpointResponse,
} from 'openid-client';
import { CibaException } from '../ciba.exception.js';
import { AuthorizationServer } from './authorization-server.js';
import {
  BackchannelClient,
  type BackchannelAnswer,
  type BackchannelRequest,
  type RedemptionOutcome,
  type RevocationOutcome,
  type TokenRequestOptions,
  type TokenSet,
} from './backchannel-client.js';
import {
  readSettings,
  type OpenIdBackchannelClientOptions,
  type OpenIdBackchannelClientSettings,
} from './openid-backchannel-client.options.js';
import type { ErrorReader, ProviderProfile } from './provider-profile.js';
import { explain, readException, readOutcome, readRevocation } from './refusals.js';
import { addResource, requestParameters } from './request-parameters.js';
import { signRequest } from './signed-request.js';
import { readAuthentication, readTokenSet } from './token-set.js';
import { readFailure, type UpstreamFailure } from './upstream-failure.js';
import { upstreamFetch } from './upstream-fetch.js';
import { UpstreamLog } from './upstream-log.js';

const GRANT_TYPE = 'urn:openid:params:grant-type:ciba';
/** What no interval means. @see CIBA §7.3 */
const DEFAULT_INTERVAL_SECONDS = 5;

/**
 * The authorization server, by `openid-client`: any that does CIBA in poll or ping mode.
 *
 * Nothing is asked of it before the first request, so that an app starts while it is down. Each
 * method sends one request and no second, but for one that a DPoP nonce asks for.
 */
export class OpenIdBackchannelClient extends BackchannelClient {
  readonly profile: ProviderProfile;
  private readonly settings: OpenIdBackchannelClientSettings;
  private readonly server: AuthorizationServer;
  private readonly log: UpstreamLog;
  private dpopHandle: Promise<DPoPHandle> | undefined;

  /** @throws {TypeError} When an option is missing or wrong, or the profile lacks the delivery mode. */
  constructor(options: OpenIdBackchannelClientOptions) {
    super();
    const settings = readSettings(options);
    this.settings = settings;
    this.profile = settings.profile;
    this.log = new UpstreamLog(settings.now);
    this.server = new AuthorizationServer({
      ...settings,
      authenticate: settings.clientAuthentication.authenticate(settings),
      fetch: upstreamFetch(settings),
    });
  }

  override async authenticate(request: BackchannelRequest): Promise<BackchannelAnswer> {
    const { profile, deliveryMode } = this.settings;
    const parameters = this.checked(() => requestParameters(request, profile, deliveryMode));
    return await this.attempt('ask for an authentication', async () => {
      const answer = await initiateBackchannelAuthentication(
        await this.server.connect(),
        await this.sign(parameters),
      );
      return {
        authReqId: answer.auth_req_id,
        expiresInSeconds: answer.expires_in,
        intervalSeconds: answer.interval ?? DEFAULT_INTERVAL_SECONDS,
      };
    });
  }

  override async redeem(
    authReqId: string,
    resource: readonly string[],
  ): Promise<RedemptionOutcome> {
    try {
      const configuration = await this.server.connect();
      const parameters = new URLSearchParams({ auth_req_id: authReqId });
      // An audience was told with the request: Auth0 has no parameter for it here.
      if (this.profile.resourceParameter === 'resource') {
        addResource(parameters, resource, this.profile);
      }
      const answer = await genericGrantRequest(
        configuration,
        GRANT_TYPE,
        parameters,
        await this.dpop(configuration),
      );
      return await this.use(answer, (tokens): RedemptionOutcome => {
        const { clientId } = this.settings;
        const authentication = readAuthentication(answer.claims(), { clientId, authReqId });
        return { outcome: 'approved', result: { tokens, authentication } };
      });
    } catch (error) {
      const { readTokenError } = this.profile;
      const failure = readFailure(error);
      this.explain(failure, 'redeem an approval', readTokenError);
      return readOutcome(failure, readTokenError);
    }
  }

  override async refresh(
    refreshToken: string,
    options: TokenRequestOptions = {},
  ): Promise<TokenSet> {
    return await this.attempt('refresh tokens', async () => {
      const parameters = this.tokenParameters(options);
      const configuration = await this.server.connect();
      const dpop = await this.dpop(configuration);
      const answer = await refreshTokenGrant(configuration, refreshToken, parameters, dpop);
      return await this.use(answer, (tokens) => tokens);
    });
  }

  override async clientCredentials(options: TokenRequestOptions = {}): Promise<TokenSet> {
    return await this.attempt('get a token for this client', async () => {
      const parameters = this.tokenParameters(options);
      const configuration = await this.server.connect();
      const dpop = await this.dpop(configuration);
      const answer = await clientCredentialsGrant(configuration, parameters, dpop);
      return await this.use(answer, (tokens) => tokens);
    });
  }

  override async revoke(
    token: string,
    hint?: 'access_token' | 'refresh_token',
  ): Promise<RevocationOutcome> {
    try {
      const configuration = await this.server.connect();
      const { revocation_endpoint: endpoint } = configuration.serverMetadata();
      if (endpoint === undefined) return { outcome: 'refused' };
      await tokenRevocation(configuration, token, hint && { token_type_hint: hint });
      return { outcome: 'revoked' };
    } catch (error) {
      const failure = readFailure(error);
      // RFC 7009 §2.2.1: an access token may be one that nobody can revoke, such as a JWT.
      const isExpected = failure.kind === 'refused' && failure.error === 'unsupported_token_type';
      if (!isExpected) this.explain(failure, 'revoke a token', this.profile.readTokenError);
      return readRevocation(failure);
    }
  }

  override async clientAssertion(): Promise<string> {
    const { clientAuthentication } = this.settings;
    if (!clientAuthentication.makesAssertions) {
      this.log.error(
        "Cannot make a client assertion as 'clientAuthentication' is " +
          `${clientAuthentication.name}: set it to privateKeyJwt() or clientSecretJwt()`,
      );
      throw new CibaException('server_error', 'This client does not authenticate by a JWT');
    }
    return await this.attempt('make a client assertion', async () =>
      clientAuthentication.makeAssertion(this.settings),
    );
  }

  /** Does what can fail for all the reasons that are the authorization server's. */
  private async attempt<T>(doing: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof CibaException) throw error;
      const { readRequestError } = this.profile;
      const failure = readFailure(error);
      this.explain(failure, doing, readRequestError);
      throw readException(failure, readRequestError);
    }
  }

  private explain(failure: UpstreamFailure, doing: string, readError: ErrorReader): void {
    const explanation = explain(failure, doing, readError);
    if (!explanation) return;
    const { message, isMisconfigured } = explanation;
    if (isMisconfigured) this.log.error(message);
    else this.log.warn(message);
  }

  /** Tells the log why a request is not sent: most of what is in one is configured. */
  private checked(write: () => URLSearchParams): URLSearchParams {
    try {
      return write();
    } catch (error) {
      if (error instanceof CibaException) {
        this.log.error(
          `Cannot ask for an authentication as it would be refused: ${error.description}`,
        );
      }
      throw error;
    }
  }

  private async sign(parameters: URLSearchParams): Promise<URLSearchParams> {
    const { requestSigner } = this.settings;
    if (!requestSigner) return parameters;
    return await signRequest(parameters, requestSigner, {
      ...this.settings,
      namesClient: this.profile.signsClientId,
    });
  }

  private tokenParameters({ scope, resource = [] }: TokenRequestOptions): URLSearchParams {
    const parameters = new URLSearchParams();
    if (scope !== undefined) parameters.set('scope', scope);
    addResource(parameters, resource, this.profile);
    return parameters;
  }

  /** One handle for all requests: it remembers the nonces of the server. */
  private async dpop(configuration: Configuration): Promise<DPoPOptions> {
    const { dpop } = this.settings;
    if (dpop === false) return {};
    this.dpopHandle ??= (dpop === true ? randomDPoPKeyPair('ES256') : Promise.resolve(dpop)).then(
      (keyPair) => getDPoPHandle(configuration, keyPair),
    );
    return { DPoP: await this.dpopHandle };
  }

  /** Takes tokens; those that do not hold are revoked, as nobody will use them. */
  private async use<T>(answer: TokenEndpointResponse, take: (tokens: TokenSet) => T): Promise<T> {
    try {
      return take(readTokenSet(answer, this.settings));
    } catch (error) {
      const { access_token, refresh_token } = answer;
      await Promise.all([
        refresh_token !== undefined && this.revoke(refresh_token, 'refresh_token'),
        this.revoke(access_token, 'access_token'),
      ]);
      throw error;
    }
  }
}
