// Compiled by `npm run typecheck`, never run: what apps may write, and what they may not.
import { Controller, Get, type DynamicModule, type HttpException } from '@nestjs/common';
import {
  Authenticated,
  CurrentAuthentication,
  InsufficientUserAuthenticationException,
  MaxAge,
  RequireAcr,
  RequireStepUp,
  StepUpExempt,
  StepUpModule,
  TokenVerifier,
  type AccessToken,
  type Authentication,
  type StepUpOptions,
  type VerificationContext,
} from 'nest-stepup';

@Controller()
@RequireAcr('gold', 'silver')
@MaxAge(300)
class TransfersController {
  @Get()
  @RequireStepUp({ acrValues: ['gold'], maxAge: 60 })
  list() {}

  @Get('one')
  @RequireStepUp((context, { claims }) =>
    context.getHandler().name === 'one' && claims?.['tenant'] === 'a' ? { maxAge: 1 } : undefined,
  )
  one() {}

  @Get('two')
  @RequireStepUp(async (_, { authTime }) => ({ maxAge: authTime ?? 0 }))
  two() {}

  @Get('me')
  @StepUpExempt()
  me(@CurrentAuthentication() _authentication: Authentication) {}

  // @ts-expect-error it names no value
  @RequireAcr()
  noValue() {}

  // @ts-expect-error values are texts, not a list
  @RequireAcr(['gold'])
  listOfValues() {}

  // @ts-expect-error seconds are a number
  @MaxAge('5m')
  unit() {}

  // @ts-expect-error a requirement has no field of this name
  @RequireStepUp({ maxage: 5 })
  misspelt() {}

  // @ts-expect-error a function returns a requirement or nothing
  @RequireStepUp(() => true)
  truth() {}

  // @ts-expect-error it takes no argument
  @Authenticated('gold')
  argument() {}
}

// @ts-expect-error only a handler can be exempt
@StepUpExempt()
class ExemptController {}

class OwnVerifier extends TokenVerifier {
  override verify(token: AccessToken, { now }: VerificationContext): Promise<Authentication> {
    const scheme: 'Bearer' | 'DPoP' = token.scheme;
    return Promise.resolve({ subject: scheme, authTime: now });
  }
}

const verifier = new OwnVerifier();

export const modules: readonly DynamicModule[] = [
  StepUpModule.forRoot({ verifier }),
  StepUpModule.forRoot({ verifier, isGlobal: false, onDecision: ({ handler }) => void handler }),
  StepUpModule.forRootAsync({ inject: [String], useFactory: () => ({ verifier }) }),
  // @ts-expect-error a verifier is what it cannot do without
  StepUpModule.forRoot({ realm: 'bank' }),
  // @ts-expect-error an instance, not a class
  StepUpModule.forRoot({ verifier: OwnVerifier }),
  // @ts-expect-error there is no such option
  StepUpModule.forRoot({ verifier, clockTolerance: 5 }),
];

export function frozen(options: StepUpOptions): void {
  // @ts-expect-error options are not changed after they were passed
  options.realm = 'bank';
}

export const exception: HttpException = new InsufficientUserAuthenticationException(
  { acrValues: ['gold'] },
  { scope: ['transfers'] },
);
// @ts-expect-error a challenge needs a requirement
export const empty = new InsufficientUserAuthenticationException();

export const controllers = [TransfersController, ExemptController];
