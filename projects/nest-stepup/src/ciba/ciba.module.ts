import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { BackchannelClient } from './authorization-server/backchannel-client.js';
import { OpenIdBackchannelClient } from './authorization-server/openid-backchannel-client.js';
import { BackchannelAuthentication } from './backchannel-authentication.js';
import { BootChecks } from './boot-checks.js';
import {
  CIBA_OPTIONS,
  CIBA_PATH,
  ConfigurableModuleClass,
  type OPTIONS_TYPE,
} from './ciba.options.js';
import { CIBA_SETTINGS, type CibaSettings } from './ciba.settings.js';
import { DeviceIdentity } from './device-identity.js';
import { BrowserBinding } from './http/browser-binding.js';
import { EventStreams } from './http/event-streams.js';
import { NotifyController } from './http/notify.controller.js';
import { OidcController } from './http/oidc.controller.js';
import { QrController } from './http/qr.controller.js';
import { SignInPolicy } from './http/sign-in-policy.js';
import { StepUpController } from './http/step-up.controller.js';
import { TransactionsController } from './http/transactions.controller.js';
import { QrAdmission } from './qr/qr-admission.js';
import { QrSessionRecords } from './qr/qr-session-records.js';
import { QrSessions } from './qr/qr-sessions.js';
import { RefreshTokens } from './refresh-tokens.js';
import { checkCibaOptions, resolveCibaOptions } from './resolve-options.js';
import { TRANSACTION_PROVIDERS } from './transactions/transaction-providers.js';
import { TransactionStore } from './transactions/transaction-store.js';

/**
 * Step-up and sign-in on another device (OpenID CIBA): this API asks its authorization server to
 * ask the user's phone, and gives the tokens to the browser that it was for.
 *
 * Import it once, beside `StepUpModule`, whose verifier it uses. Its routes are below `path`.
 *
 * @example
 * @Module({
 *   imports: [
 *     StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) }),
 *     CibaModule.forRoot({
 *       issuer,
 *       clientId: 'bank-api',
 *       clientAuthentication: privateKeyJwt({ key }),
 *       publicUrl: 'https://api.example.com',
 *     }),
 *   ],
 * })
 * class AppModule {}
 *
 * @see [CIBA Core 1.0](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html)
 */
@Module({
  controllers: [
    StepUpController,
    TransactionsController,
    QrController,
    OidcController,
    NotifyController,
  ],
  providers: [
    {
      provide: CIBA_SETTINGS,
      useFactory: resolveCibaOptions,
      inject: [CIBA_OPTIONS, CIBA_PATH],
    },
    {
      provide: TransactionStore,
      useFactory: ({ store }: CibaSettings) => store,
      inject: [CIBA_SETTINGS],
    },
    {
      provide: BackchannelClient,
      useFactory: (settings: CibaSettings) => new OpenIdBackchannelClient(settings),
      inject: [CIBA_SETTINGS],
    },
    BootChecks,
    ...TRANSACTION_PROVIDERS,
    QrAdmission,
    QrSessionRecords,
    QrSessions,
    RefreshTokens,
    BrowserBinding,
    EventStreams,
    SignInPolicy,
    BackchannelAuthentication,
    DeviceIdentity,
  ],
  exports: [BackchannelAuthentication, BrowserBinding, DeviceIdentity, QrSessions],
})
export class CibaModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  /** @throws {TypeError} When it is imported twice. */
  constructor(
    private readonly store: TransactionStore,
    modules: ModulesContainer,
  ) {
    super();
    if ([...modules.values()].filter(({ metatype }) => metatype === CibaModule).length > 1) {
      throw new TypeError(
        'Cannot use CIBA as CibaModule is imported twice with options: call forRoot() once, and ' +
          'set isGlobal where several modules need its services',
      );
    }
  }

  /** @throws {TypeError | RangeError} When an option is missing or wrong. */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // Also checked on boot, as those of forRootAsync() are; here, the stack shows the line.
    const { isGlobal: _, path = 'auth', ...cibaOptions } = { ...options };
    checkCibaOptions(cibaOptions, path);
    return super.forRoot(options);
  }

  /** Called by Nest after the timers and streams of this module have ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
