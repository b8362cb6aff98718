import { STEP_UP_OPTIONS, type StepUpOptions } from 'nest-stepup';

/** What `Test.createTestingModule()` of `@nestjs/testing` returns, as far as it matters here. */
interface TestingModuleBuilder {
  overrideProvider(token: unknown): { useValue(value: unknown): unknown };
}

/**
 * Puts other options in the place of those that the tested module gives to `StepUpModule`.
 *
 * @returns The builder, to go on with.
 *
 * @example
 * const builder = Test.createTestingModule({ imports: [AppModule] });
 * const app = (await overrideStepUp(builder, { verifier, now: clock.now }).compile())
 *   .createNestApplication();
 */
export function overrideStepUp<Builder extends TestingModuleBuilder>(
  builder: Builder,
  options: StepUpOptions,
): Builder {
  builder.overrideProvider(STEP_UP_OPTIONS).useValue(options);
  return builder;
}
