// The module, imported once beside StepUpModule
export { CibaModule } from './ciba.module.js';
export { CIBA_OPTIONS } from './ciba.options.js';
export type {
  CibaOptions,
  CompatibilityOptions,
  LimitOptions,
  QrDevice,
  QrEncounter,
  QrOptions,
  RateLimit,
  ResourceOptions,
  SignInOptions,
} from './ciba.options.js';
export type { CibaEvent } from './ciba.event.js';

// Client authentication: how this API proves who it is
export {
  ClientAuthentication,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  privateKeyJwt,
} from './authorization-server/client-authentication.js';
export type { ClientAuthenticationMethod } from './authorization-server/client-authentication.js';
export type {
  LocalKey,
  PrivateJwk,
  RemoteSigner,
  SigningAlgorithm,
  SigningKey,
} from './authorization-server/jwt-signer.js';
export type { DpopKeyPair } from './authorization-server/openid-backchannel-client.options.js';

// Profiles: what authorization servers do differently
export { auth0Profile } from './authorization-server/profiles/auth0.js';
export type { Auth0ProfileOptions } from './authorization-server/profiles/auth0.js';
export { keycloakProfile } from './authorization-server/profiles/keycloak.js';
export { oidcProviderProfile } from './authorization-server/profiles/oidc-provider.js';
export { oktaProfile } from './authorization-server/profiles/okta.js';
export { pingOneProfile } from './authorization-server/profiles/ping-one.js';
export { standardProfile } from './authorization-server/profiles/standard.js';
export type {
  BindingMessagePolicy,
  DeliveryMode,
  ErrorReader,
  ExpiryParameter,
  HintKind,
  ProviderProfile,
  ProviderProfileOverrides,
  UpstreamError,
} from './authorization-server/provider-profile.js';

// Services: what an app's own code calls
export { BackchannelAuthentication } from './backchannel-authentication.js';
export type {
  BrowserProof,
  RevocationRequest,
  SignInRequest,
  TokenWait,
} from './backchannel-authentication.js';
export { DeviceIdentity } from './device-identity.js';
export { QrSessions } from './qr/qr-sessions.js';
export type {
  NewQrSession,
  QrSession,
  QrSessionOwner,
  ScannedQrSession,
} from './qr/qr-sessions.js';
export type { QrSessionStatus } from './qr/qr-session-record.js';
export { BrowserBinding } from './http/browser-binding.js';
export type { FastifyReply, HttpRequest, HttpResponse } from './http/http-exchange.js';
export type { TokenResponse } from './token-response.js';
export type {
  StartedTransaction,
  TransactionKind,
  TransactionView,
} from './transactions/transaction-request.js';

// Refusals
export { CibaException } from './ciba.exception.js';
export type { CibaErrorCode, CibaExceptionOptions } from './ciba.exception.js';

// Stores: where transactions are kept
export { MemoryTransactionStore } from './transactions/memory-transaction-store.js';
export type { MemoryTransactionStoreOptions } from './transactions/memory-transaction-store.js';
export { StoreUnreachableError, TransactionStore } from './transactions/transaction-store.js';
export type {
  DueClaim,
  EventCount,
  RecordTimes,
  StoredRecord,
} from './transactions/transaction-store.js';

// The authorization server: replaced in tests, or by a client of an app's own
export { BackchannelClient } from './authorization-server/backchannel-client.js';
export type {
  AuthenticationResult,
  BackchannelAnswer,
  BackchannelHint,
  BackchannelRequest,
  RedemptionOutcome,
  RequestContext,
  RevocationOutcome,
  TokenRequestOptions,
  TokenSet,
} from './authorization-server/backchannel-client.js';

// Types of nest-stepup and stepup-core that appear above
export type { AcrRanking, Authentication, AuthenticationRequirement } from 'nest-stepup';
export type { TransactionStatus } from 'stepup-core';
