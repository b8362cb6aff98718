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
    const { compatibility, profile, signIn, hint } = this.settings;
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
    if (profile.namesUsersByLogin && !hint) {
      this.logger.warn(
        `${profile.name} knows users by another name than the sub of their tokens: a step-up asks ` +
          "for users that it does not know, unless 'hint' of CibaModule tells their names",
      );
    }
    this.checkPublicUrl();
    if (signIn.loginHintKinds.includes('login_hint')) {
      this.logger.warn(
        'signIn.loginHintKinds of CibaModule has login_hint: whoever knows the name of a user can ' +
          'make their phone ask for approval',
      );
    }
  }

  private checkPublicUrl(): void {
    const { publicUrl, baseUrl } = this.settings;
    const path = baseUrl.slice(publicUrl.length);
    if (path === '' || !new URL(publicUrl).pathname.endsWith(path)) return;
    this.logger.warn(
      "publicUrl of CibaModule ends with the module's path: phones and browsers are sent to " +
        `${baseUrl}. Leave the path out of publicUrl if that is not meant`,
    );
  }
}
