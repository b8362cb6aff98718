import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { CIBA_SETTINGS, type CibaSettings } from './ciba.settings.js';

const WARNINGS: Readonly<Record<keyof CibaSettings['compatibility'], string>> = {
  unboundTransactions:
    'whoever knows an authRequestId gets its tokens, also the phone and whoever reads a log',
  reusableQrSessions: 'a QR code can be claimed again after it was used',
  qrRoute: 'GET qr makes a session for whoever follows a link to it',
};

/** Says at boot what an app has given up. */
@Injectable()
export class BootChecks implements OnModuleInit {
  private readonly logger = new Logger('StepUp');

  constructor(@Inject(CIBA_SETTINGS) private readonly settings: CibaSettings) {}

  onModuleInit(): void {
    const { compatibility, profile, signIn } = this.settings;
    for (const name of ['unboundTransactions', 'reusableQrSessions', 'qrRoute'] as const) {
      if (compatibility[name]) {
        this.logger.warn(`compatibility.${name} of CibaModule is on: ${WARNINGS[name]}`);
      }
    }
    if (profile.authTimeIsRedemptionTime) {
      this.logger.warn(
        `${profile.name} says when tokens were fetched, not when the user authenticated: with ` +
          'CIBA any approval meets a maximum age',
      );
    }
    if (signIn.loginHintKinds.includes('login_hint')) {
      this.logger.warn(
        'signIn.loginHintKinds of CibaModule has login_hint: whoever knows the name of a user can ' +
          'make their phone ask for approval',
      );
    }
  }
}
