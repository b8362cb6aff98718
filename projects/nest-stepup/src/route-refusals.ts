// What stops the boot: what is declared could not be enforced. Each says how to mend it.

/** No authentication could satisfy all that is declared. */
export function refuseCombination(place: string, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new RangeError(
    `Cannot enforce what ${place} and its class demand together: ${reason}. Name an acr value ` +
      'on both that satisfies both, order the values with acrRanking in ' +
      'StepUpModule.forRoot(), or put @StepUpExempt() on the handler to drop what the class ' +
      'demands',
    { cause },
  );
}

export function refuseDeclaration(decorator: string, place: string): never {
  throw new TypeError(
    `Cannot enforce @${decorator} on ${place} as it is not an HTTP route of a controller: ` +
      'throw an InsufficientUserAuthenticationException there instead',
  );
}

export function refuseReplaced(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as a decorator above them put another ` +
      'function in its place: move the step-up decorators above that one',
  );
}

export function refuseReplacedClass(name: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on the class ${name} as another decorator, a mixin or ` +
      'its constructor put something else in its place, where no guard of the class runs: put them ' +
      'on its handlers',
  );
}

export function refuseShadowed(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as the controller has another function in ` +
      'its place, on which no guard runs: do not assign or bind the method in the constructor',
  );
}

export function refuseOverride(place: string): never {
  throw new TypeError(
    `Cannot leave ${place} open as the method that it overrides has step-up decorators: ` +
      'put what it demands, or @Authenticated(), on it',
  );
}

export function refuseBareGuard(place: string): never {
  throw new TypeError(
    `Cannot guard ${place} as it names StepUpGuard but not what it demands: ` +
      'put a decorator such as @Authenticated() or @RequireAcr() in the place of @UseGuards()',
  );
}

export function refuseWithoutGuard(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as another decorator took their guard ` +
      'away: move the step-up decorators above that one',
  );
}

export function refuseUnseen(place: string): never {
  throw new TypeError(
    `Cannot enforce the step-up decorators on ${place} as Nest did not see them when it looked ` +
      'for guards: apply them where the class is written, and have neither its constructor nor a ' +
      'decorator return an object of another class',
  );
}
