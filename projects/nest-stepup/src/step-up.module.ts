import { Module, type DynamicModule, type NestModule } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule } from '@nestjs/core';
import { DecisionLog } from './decision-log.js';
import { OwnFilters } from './own-filters.js';
import { RoutePaths } from './route-paths.js';
import { RouteRequirements } from './route-requirements.js';
import { RouteTable } from './route-table.js';
import { StepUpFilter } from './step-up.filter.js';
import { StepUpGuard } from './step-up.guard.js';
import { StepUpInterceptor } from './step-up.interceptor.js';
import {
  ConfigurableModuleClass,
  resolveStepUpOptions,
  STEP_UP_OPTIONS,
  STEP_UP_SETTINGS,
  type OPTIONS_TYPE,
  type StepUpSettings,
} from './step-up.options.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Enforces step-up authentication in an app: import it once, in the root module.
 *
 * It is global unless `isGlobal` is `false`, and provides the verifier as `TokenVerifier`. A wrong option, a requirement that nothing could
 * satisfy, or a decorator where no guard runs stops the app from starting.
 *
 * @example
 * @Module({
 *   imports: [StepUpModule.forRoot({ verifier: joseTokenVerifier({ issuer, audience }) })],
 *   controllers: [TransfersController],
 * })
 * class AppModule {}
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: STEP_UP_SETTINGS, useFactory: resolveStepUpOptions, inject: [STEP_UP_OPTIONS] },
    {
      provide: TokenVerifier,
      useFactory: ({ verifier }: StepUpSettings) => verifier,
      inject: [STEP_UP_SETTINGS],
    },
    RouteRequirements,
    RoutePaths,
    RouteTable,
    OwnFilters,
    DecisionLog,
    StepUpGuard,
    StepUpInterceptor,
    { provide: APP_FILTER, useClass: StepUpFilter },
  ],
  exports: [STEP_UP_SETTINGS, TokenVerifier, RouteRequirements, DecisionLog, StepUpGuard],
})
export class StepUpModule extends ConfigurableModuleClass implements NestModule {
  constructor(private readonly ownFilters: OwnFilters) {
    super();
  }

  /** @throws {TypeError | RangeError} When an option is missing or wrong. */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // Also checked on boot, as those of forRootAsync() are; here, the stack shows the line.
    const { isGlobal: _, ...stepUpOptions } = { ...options };
    resolveStepUpOptions(stepUpOptions);
    return super.forRoot(options);
  }

  /** Called by Nest before it builds the routes: the last time when an interceptor can be added. */
  configure(): void {
    this.ownFilters.keepHeaders();
  }
}
