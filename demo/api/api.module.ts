import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { StepUpModule, type TokenVerifier } from 'nest-stepup';
import { CibaModule, type CibaOptions } from 'nest-stepup/ciba';
import { OKTA_ACR_RANKING } from 'stepup-core';
import { AccountsController } from './accounts.controller.js';
import { Bank } from './bank.js';
import { CardsController } from './cards.controller.js';
import { MeController } from './me.controller.js';
import { MessagesController } from './messages.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { TransfersController } from './transfers.controller.js';

/** Harbour Bank's API. */
@Module({
  controllers: [
    AccountsController,
    CardsController,
    MeController,
    MessagesController,
    TransfersController,
  ],
  providers: [Bank, { provide: APP_FILTER, useClass: ProblemFilter }],
})
export class ApiModule {
  /**
   * @param verifier Decides which access tokens the bank believes.
   * @param ciba How the bank asks people's phones; absent where it cannot.
   */
  static register(verifier: TokenVerifier, ciba?: CibaOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        // #region step-up
        StepUpModule.forRoot({ verifier, realm: 'harbour-bank', acrRanking: OKTA_ACR_RANKING }),
        // #endregion
        ...(ciba ? [CibaModule.forRoot(ciba)] : []),
      ],
    };
  }
}
