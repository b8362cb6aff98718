import {
  allowInsecureRequests,
  clockTolerance,
  Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  setJwksCache,
  type ClientAuth,
  type CustomFetch,
  type JWKS,
  type ServerMetadata,
} from 'openid-client';
import type { DeliveryMode } from './provider-profile.js';
import { metadataFetch } from './metadata-fetch.js';
import { MisconfigurationError, UnreachableError } from './upstream-failure.js';

/**
 * How old keys may be when they are needed, in seconds. The library takes up to 300: it then never
 * gets them itself, except for a key that it does not know.
 */
const MAX_KEY_AGE_SECONDS = 240;

export interface AuthorizationServerOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly authenticate: ClientAuth;
  readonly deliveryMode: DeliveryMode;
  readonly fetch: CustomFetch;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
}

/**
 * The authorization server's metadata and keys.
 *
 * Keys are there before tokens are asked for, not after: a token request that has succeeded cannot
 * be repeated when the keys to verify its answer then do not come.
 */
export class AuthorizationServer {
  private metadata: ServerMetadata | undefined;
  private configuration: Configuration | undefined;
  private staleAt = -Infinity;
  private loading: Promise<Configuration> | undefined;

  constructor(private readonly options: AuthorizationServerOptions) {}

  /**
   * What `openid-client` needs for a request. Metadata is asked for once, keys every few minutes,
   * both for all who wait at once; after a failure, again by the next.
   *
   * @throws {UnreachableError | MisconfigurationError | ClientError}
   */
  async connect(): Promise<Configuration> {
    if (this.configuration && this.options.now() < this.staleAt) return this.configuration;
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    return await this.loading;
  }

  private async load(): Promise<Configuration> {
    const metadata = this.metadata ?? (await this.discover());
    // Set again only after the keys came: where they moved, the next request looks anew.
    this.metadata = undefined;
    const jwks = await this.fetchKeys(metadata);
    this.metadata = metadata;
    const { clientId, authenticate, clockToleranceSeconds, fetch, now } = this.options;
    const configuration = new Configuration(
      metadata,
      clientId,
      { [clockTolerance]: clockToleranceSeconds },
      authenticate,
    );
    configuration[customFetch] = fetch;
    // The fetch function has its own, that leaves nothing behind.
    configuration.timeout = 0;
    if (isPlainHttp(metadata.issuer)) allowInsecureRequests(configuration);
    enableNonRepudiationChecks(configuration);
    setJwksCache(configuration, { jwks, uat: Math.floor(Date.now() / 1000) });
    this.configuration = configuration;
    this.staleAt = now() + MAX_KEY_AGE_SECONDS;
    return configuration;
  }

  private async discover(): Promise<ServerMetadata> {
    const { issuer, clientId, fetch, deliveryMode } = this.options;
    const discovered = await discovery(new URL(issuer), clientId, undefined, undefined, {
      [customFetch]: metadataFetch(fetch, issuer),
      ...(isPlainHttp(issuer) && { execute: [allowInsecureRequests] }),
    });
    const metadata = discovered.serverMetadata();
    for (const name of ['backchannel_authentication_endpoint', 'token_endpoint', 'jwks_uri']) {
      if (typeof metadata[name] !== 'string') {
        throw new MisconfigurationError(`its metadata has no ${name}: enable CIBA there`);
      }
    }
    const modes: unknown = metadata.backchannel_token_delivery_modes_supported;
    if (Array.isArray(modes) && !modes.includes(deliveryMode)) {
      throw new MisconfigurationError(
        `its metadata does not list the delivery mode: set 'deliveryMode' to another than ${deliveryMode}`,
      );
    }
    return metadata;
  }

  private async fetchKeys({ jwks_uri, issuer }: ServerMetadata): Promise<JWKS> {
    const uri = String(jwks_uri);
    // The library sees to it for every other endpoint.
    if (!isPlainHttp(issuer) && !uri.startsWith('https:')) {
      throw new MisconfigurationError('its jwks_uri is not https');
    }
    const response = await this.options.fetch(uri, {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
      redirect: 'manual',
    });
    const jwks: unknown = response.ok ? await response.json() : undefined;
    if (isKeySet(jwks)) return jwks;
    throw new UnreachableError('its jwks_uri does not answer with keys');
  }
}

function isKeySet(value: unknown): value is JWKS {
  const keys: unknown = Reflect.get(Object(value), 'keys');
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null);
}

function isPlainHttp(issuer: string): boolean {
  return issuer.startsWith('http:');
}
