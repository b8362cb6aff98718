import type { AcrRanking, Authentication, AuthenticationRequirement } from 'nest-stepup';
import type { BackchannelHint } from './authorization-server/backchannel-client.js';
import type { ClientAuthentication } from './authorization-server/client-authentication.js';
import type { SigningKey } from './authorization-server/jwt-signer.js';
import type { DpopKeyPair } from './authorization-server/openid-backchannel-client.options.js';
import type {
  DeliveryMode,
  HintKind,
  ProviderProfile,
} from './authorization-server/provider-profile.js';
import type { CibaEvent } from './ciba.event.js';
import type { QrEncounter, RateLimit } from './ciba.options.js';
import type { TransactionStore } from './transactions/transaction-store.js';

/** The options, checked and with their defaults. Times are in seconds. */
export interface CibaSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Without a slash at its end. */
  readonly publicUrl: string;
  /** Where the routes of the module are: `publicUrl` and `path`, without a slash at the end. */
  readonly baseUrl: string;
  readonly deliveryMode: DeliveryMode;
  readonly profile: ProviderProfile;
  readonly scope: string;
  readonly resource: readonly string[];
  readonly resources: { readonly idp: readonly string[]; readonly device: readonly string[] };
  readonly hint: ((authentication: Authentication) => BackchannelHint) | undefined;
  readonly signIn: {
    readonly requirement: AuthenticationRequirement | undefined;
    readonly scope: string;
    readonly loginHintKinds: readonly HintKind[];
  };
  readonly bindingMessage: 'code' | 'number' | (() => string);
  readonly requestedExpirySeconds: number;
  readonly signedRequests: boolean | SigningKey;
  readonly dpop: boolean | DpopKeyPair;
  readonly timeoutSeconds: number;
  readonly qr: {
    readonly expiresInSeconds: number;
    readonly content: (session: { readonly sessionId: string; readonly cbUrl: string }) => string;
    readonly admit: ((encounter: QrEncounter) => boolean | Promise<boolean>) | undefined;
  };
  readonly store: TransactionStore;
  /** The first one seals, all open. Never empty. */
  readonly sealingKeys: readonly string[];
  readonly limits: { readonly perUser: RateLimit; readonly perAddress: RateLimit };
  readonly handOverSeconds: number;
  readonly acrRanking: AcrRanking | undefined;
  readonly clockToleranceSeconds: number;
  readonly now: () => number;
  readonly onEvent: ((event: CibaEvent) => unknown) | undefined;
  readonly compatibility: {
    readonly unboundTransactions: boolean;
    readonly reusableQrSessions: boolean;
    readonly qrRoute: boolean;
  };
}

/** Nest names this token when it cannot find it, so it says what to import. */
export const CIBA_SETTINGS = 'CibaModule.forRoot({ issuer, clientId, … })';
