import { describe, expect, it } from '@jest/globals';
import { applyDecorators } from '@nestjs/common';
import {
  Authenticated,
  MaxAge,
  RequireAcr,
  RequireStepUp,
  StepUpExempt,
  StepUpGuard,
} from 'nest-stepup';

const json = (text: string) => JSON.parse(text);

/** Applies a decorator as no TypeScript would let anyone do. */
const decorate = (decorator: object, ...target: unknown[]) =>
  typeof decorator === 'function' && Reflect.apply(decorator, undefined, target);

describe('@RequireAcr', () => {
  it.each([
    [
      [],
      "Cannot apply @RequireAcr: Cannot define a requirement as 'acrValues' must be a list of one",
    ],
    [[''], 'Cannot apply @RequireAcr: '],
    [['gold', ''], 'Cannot apply @RequireAcr: '],
    [['gold silver'], 'Cannot apply @RequireAcr: '],
    [['gold"'], 'Cannot apply @RequireAcr: '],
    [[null], 'Cannot apply @RequireAcr: '],
    [[['gold']], 'Cannot apply @RequireAcr: '],
  ])('throws when the file is loaded for %j', (values, message) => {
    expect(() => Reflect.apply(RequireAcr, undefined, values)).toThrow(message);
  });
});

describe('@MaxAge', () => {
  it.each([
    ['-1', RangeError, 'current value is -1'],
    ['1.5', RangeError, 'current value is 1.5'],
    ['1e300', RangeError, 'current value is 1e+300'],
    ['"5m"', TypeError, 'current value is "5m"'],
    ['null', TypeError, 'current value is null'],
  ])('throws when the file is loaded for %s', (value, kind, message) => {
    expect(() => MaxAge(json(value))).toThrow(kind);
    expect(() => MaxAge(json(value))).toThrow(
      "Cannot apply @MaxAge: Cannot define a requirement as 'maxAge' must be a non-negative " +
        `integer of seconds: ${message}`,
    );
  });

  it('throws for NaN and for nothing', () => {
    expect(() => MaxAge(Number.NaN)).toThrow(RangeError);
    expect(() => Reflect.apply(MaxAge, undefined, [])).toThrow('Cannot apply @MaxAge: ');
  });
});

describe('@RequireStepUp', () => {
  it.each(['{}', '{"maxage":5}', '{"acrValues":"gold"}', '{"maxAge":-1}', 'null', '[]', '"gold"'])(
    'throws when the file is loaded for %s',
    (requirement) => {
      expect(() => RequireStepUp(json(requirement))).toThrow('Cannot apply @RequireStepUp: ');
    },
  );
});

describe('a step-up decorator', () => {
  it.each([
    ['RequireAcr', () => RequireAcr('gold'), () => RequireAcr('silver')],
    ['MaxAge', () => MaxAge(1), () => MaxAge(2)],
    ['RequireStepUp', () => RequireStepUp({ maxAge: 1 }), () => RequireStepUp(() => undefined)],
    ['Authenticated', () => Authenticated(), () => Authenticated()],
  ])('throws when a handler or class has two of @%s', (name, one, another) => {
    expect(() => {
      class Accounts {
        @one()
        @another()
        list() {
          return [];
        }
      }
      return Accounts;
    }).toThrow(`Cannot apply @${name} to Accounts.list as there is one already`);
    expect(() => {
      @applyDecorators(one(), another())
      class Accounts {}
      return Accounts;
    }).toThrow(`Cannot apply @${name} to Accounts as there is one already`);
  });

  it('may stand on a class, on its handlers and on those of a derived class', () => {
    expect(() => {
      @RequireAcr('gold')
      class Accounts {
        @RequireAcr('gold')
        @MaxAge(5)
        @RequireStepUp({ maxAge: 4 })
        @Authenticated()
        list() {
          return [];
        }
      }

      @RequireAcr('gold')
      class Savings extends Accounts {
        @RequireAcr('gold')
        override list() {
          return [];
        }
      }
      return Savings;
    }).not.toThrow();
  });

  it('puts one guard on a handler or class, however many decorators it has', () => {
    @RequireAcr('gold')
    @MaxAge(5)
    class Accounts {
      @RequireAcr('gold')
      @MaxAge(5)
      list() {
        return [];
      }
    }
    const { value: handler } = Object.getOwnPropertyDescriptor(Accounts.prototype, 'list')!;
    expect(Reflect.getMetadata('__guards__', Accounts)).toEqual([StepUpGuard]);
    expect(Reflect.getMetadata('__guards__', handler)).toEqual([StepUpGuard]);
  });

  it('names the error that says what is wrong with a requirement', () => {
    expect(() => MaxAge(-1)).toThrow(expect.objectContaining({ cause: expect.any(RangeError) }));
  });

  it('throws where no route can be', () => {
    class Accounts {
      list() {
        return [];
      }
    }
    const descriptor = Object.getOwnPropertyDescriptor(Accounts.prototype, 'list');
    const reason = 'as it is not a method that can handle a route';
    expect(() => decorate(MaxAge(1), Accounts.prototype, 'field', undefined)).toThrow(
      `Cannot apply @MaxAge to Accounts.field ${reason}`,
    );
    expect(() => decorate(MaxAge(1), Accounts.prototype, 'list', 0)).toThrow(reason);
    expect(() => decorate(MaxAge(1), Accounts.prototype, 'balance', { get: () => 1 })).toThrow(
      reason,
    );
    expect(() => decorate(MaxAge(1), Accounts, 'list', descriptor)).toThrow(
      `Cannot apply @MaxAge to Accounts.list ${reason}`,
    );
    expect(() => decorate(MaxAge(1), {})).toThrow(
      'Cannot apply @MaxAge to Object as it is not a class',
    );
    expect(() => decorate(StepUpExempt(), Accounts)).toThrow(
      'Cannot apply @StepUpExempt to Accounts as it belongs on a handler',
    );
  });
});
