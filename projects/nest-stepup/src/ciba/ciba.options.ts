import { ConfigurableModuleBuilder } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
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
import type { TransactionStore } from './transactions/transaction-store.js';

/** How often something may happen. */
export interface RateLimit {
  readonly limit: number;
  /** Counted from the first time on, in seconds. */
  readonly windowSeconds: number;
}

/** What a browser that nobody is signed in at yet may ask for. */
export interface SignInOptions {
  /** What every sign-in demands. A caller may ask for more, never for less. */
  readonly requirement?: AuthenticationRequirement;
  /**
   * Every scope that a caller may ask for, space-separated.
   *
   * @default the `scope` of the module
   */
  readonly scope?: string;
  /**
   * Whom a caller may name, and how. `login_hint` lets anybody who knows a user name make that
   * user's phone ask for approval.
   *
   * @default ['login_hint_token']
   */
  readonly loginHintKinds?: readonly HintKind[];
}

/** What the wire's `resource` stands for: the `resource` of the access token (RFC 8707). */
export interface ResourceOptions {
  /**
   * For `IDP`.
   *
   * @default none: a token for the authorization server itself
   */
  readonly idp?: string | readonly string[];
  /**
   * For `DEVICE`.
   *
   * @default the `resource` of the module
   */
  readonly device?: string | readonly string[];
}

/** A browser or a phone, as its request shows it. Either can be made up, the address less easily. */
export interface QrDevice {
  readonly ipAddress?: string;
  readonly userAgent?: string;
}

/** A phone that wants to claim the QR session that a browser shows. */
export interface QrEncounter {
  readonly browser: QrDevice;
  readonly phone: QrDevice;
}

/** Sign-in by QR code. */
export interface QrOptions {
  /**
   * How long a QR code can be scanned, in seconds.
   *
   * @default 90
   */
  readonly expiresInSeconds?: number;
  /**
   * Writes the text of the QR code: a link that opens the app on the phone, say.
   *
   * @default `cbUrl?sessionId=…`
   */
  readonly content?: (session: { readonly sessionId: string; readonly cbUrl: string }) => string;
  /**
   * Whether a phone may claim a session: whether the two devices are near each other, say. Anything
   * but `true` refuses, as do an error and no answer within `timeoutSeconds`. Three phones of one
   * session are judged.
   *
   * @default every phone
   */
  readonly admit?: (encounter: QrEncounter) => boolean | Promise<boolean>;
}

/** How often a user's phone may be made to ask. */
export interface LimitOptions {
  /** @default 5 in 300 seconds */
  readonly perUser?: RateLimit;
  /** @default 30 in 300 seconds */
  readonly perAddress?: RateLimit;
}

/** Switches that give up a protection for clients that were written without it. */
export interface CompatibilityOptions {
  /** Hands tokens to whoever knows the `authRequestId`, also to the phone. */
  readonly unboundTransactions?: boolean;
  /** Lets one QR session be used more than once. */
  readonly reusableQrSessions?: boolean;
  /** Answers `GET qr` by making a session. */
  readonly qrRoute?: boolean;
}

/** Options of `CibaModule`. Times are in seconds. */
export interface CibaOptions {
  /** The issuer of the authorization server. Plain http only on a loopback address. */
  readonly issuer: string;
  readonly clientId: string;
  /** What `privateKeyJwt()`, `clientSecretBasic()` and the like return. */
  readonly clientAuthentication: ClientAuthentication;
  /**
   * Where browsers and phones reach this API: with its global prefix, without the module's `path`.
   * Plain http only on a loopback address.
   */
  readonly publicUrl: string;
  /** @default 'poll' */
  readonly deliveryMode?: DeliveryMode;
  /** @default standardProfile() */
  readonly profile?: ProviderProfile;
  /**
   * What a step-up asks for, space-separated.
   *
   * @default 'openid'
   */
  readonly scope?: string;
  /** The APIs that the access tokens are for (RFC 8707). */
  readonly resource?: string | readonly string[];
  readonly resources?: ResourceOptions;
  /**
   * Tells the authorization server which user is to step up, from that user's verified token. What is
   * not exactly one hint with a text in it is refused with `server_error`, and logged.
   *
   * @default `{ login_hint: authentication.subject }`
   */
  readonly hint?: (authentication: Authentication) => BackchannelHint;
  readonly signIn?: SignInOptions;
  /**
   * The text on both screens: `code`, as in AB12-CD34; `number`, two digits, for servers that let
   * the user pick one; or what a function returns.
   *
   * @default 'code'
   */
  readonly bindingMessage?: 'code' | 'number' | (() => string);
  /**
   * How long a user has for an answer, in seconds.
   *
   * @default 120
   */
  readonly requestedExpirySeconds?: number;
  /**
   * Signs authentication requests (CIBA §7.1.1): with the key of `privateKeyJwt()`, or with another.
   *
   * @default false
   */
  readonly signedRequests?: boolean | SigningKey;
  /**
   * Asks for tokens that are bound to a key (RFC 9449): one of this process, or a pair that all
   * instances have. With a store that processes share it has to be a pair.
   *
   * @default false
   */
  readonly dpop?: boolean | DpopKeyPair;
  /**
   * How long the authorization server may take for an answer, in seconds.
   *
   * @default 10
   */
  readonly timeoutSeconds?: number;
  readonly qr?: QrOptions;
  /** @default in the memory of this process */
  readonly store?: TransactionStore;
  /**
   * The keys that tokens are encrypted with, each 32 bytes in base64url. The first one encrypts,
   * all decrypt. A store that processes share needs them.
   *
   * @default one that lives as long as the process
   */
  readonly sealingKeys?: readonly string[];
  readonly limits?: LimitOptions;
  /**
   * How long tokens wait for their browser, in seconds.
   *
   * @default 60
   */
  readonly handOverSeconds?: number;
  /** As that of `StepUpModule`. */
  readonly acrRanking?: AcrRanking;
  /**
   * How far clocks may differ, in seconds.
   *
   * @default 5
   */
  readonly clockToleranceSeconds?: number;
  /**
   * Tells the current time, in seconds since the Unix epoch: for tests.
   *
   * @default the clock of the system
   */
  readonly now?: () => number;
  /**
   * Is told what becomes of every transaction, for metrics and audit. No request waits for it, and
   * an error that it throws is logged.
   */
  readonly onEvent?: (event: CibaEvent) => unknown;
  /** All off. Each one that is on is warned about at boot. */
  readonly compatibility?: CompatibilityOptions;
}

/** The path that the routes of the module are below: what `path` says. */
export const CIBA_PATH = 'CibaModule path';

export const {
  ConfigurableModuleClass,
  /** The options as the app wrote them: what a test replaces with `overrideProvider()`. */
  MODULE_OPTIONS_TOKEN: CIBA_OPTIONS,
  OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<CibaOptions>({ moduleName: 'Ciba' })
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createCibaOptions')
  .setExtras({ isGlobal: false, path: 'auth' }, (definition, { isGlobal, path }) => ({
    ...definition,
    global: isGlobal,
    imports: [
      ...(definition.imports ?? []),
      RouterModule.register([{ path, module: definition.module }]),
    ],
    providers: [...(definition.providers ?? []), { provide: CIBA_PATH, useValue: path }],
  }))
  .build();
