import { UseGuards } from '@nestjs/common';
import { defineRequirement, type AuthenticationRequirement } from 'stepup-core';
import {
  addDeclaration,
  declarationsOn,
  markDecorated,
  type Declaration,
  type RequirementFunction,
} from './declarations.js';
import { StepUpGuard } from './step-up.guard.js';

/**
 * Demands that the user authenticated with any one of the classes named.
 *
 * Like every decorator here it stands on a handler or on a controller, and applies the guard by
 * itself. What class and handler demand is all in force: a handler tightens what its class
 * demands, and never loosens it.
 *
 * @param acrValues The preferred one first.
 * @throws {TypeError | RangeError} When none is named, or one is ill-formed.
 *
 * @see [RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)
 */
export function RequireAcr(
  ...acrValues: readonly [string, ...string[]]
): ClassDecorator & MethodDecorator {
  return declare('RequireAcr', { requirement: checked('RequireAcr', { acrValues }) });
}

/**
 * Demands that the user actively authenticated not longer ago than this.
 *
 * @param seconds A non-negative integer.
 * @throws {TypeError | RangeError} When it is anything else.
 */
export function MaxAge(seconds: number): ClassDecorator & MethodDecorator {
  return declare('MaxAge', { requirement: checked('MaxAge', { maxAge: seconds }) });
}

/**
 * Demands a whole requirement, or what a function of the request returns.
 *
 * The function runs after the token was verified and the body parsed. It may be asynchronous. When
 * it throws or returns what is not a requirement, the request is answered with 500; an HTTP
 * exception that it throws is the answer.
 *
 * @throws {TypeError | RangeError} When the requirement is not valid.
 *
 * @example
 * @RequireStepUp((context) =>
 *   context.switchToHttp().getRequest().body.amount > 1000 ? { acrValues: ['phr'] } : undefined,
 * )
 */
export function RequireStepUp(
  requirement: AuthenticationRequirement | RequirementFunction,
): ClassDecorator & MethodDecorator {
  return declare(
    'RequireStepUp',
    typeof requirement === 'function'
      ? { decide: requirement }
      : { requirement: checked('RequireStepUp', requirement) },
  );
}

/** Demands a valid access token, and no more. */
export function Authenticated(): ClassDecorator & MethodDecorator {
  return declare('Authenticated', {});
}

/**
 * Drops what the class demands from one of its handlers: a valid token is still needed there.
 *
 * What stands on the handler itself stays in force.
 */
export function StepUpExempt(): MethodDecorator {
  return declare('StepUpExempt', {});
}

type Decorator = Declaration['decorator'];

function declare(
  decorator: Decorator,
  declared: Omit<Declaration, 'decorator'>,
): ClassDecorator & MethodDecorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const subject = subjectOf(decorator, target, key, descriptor);
    const declarations = declarationsOn(subject);
    if (declarations.some((other) => other.decorator === decorator)) {
      refuse(decorator, target, key, 'there is one already');
    }
    // One guard for each controller or handler, however many decorators it has.
    if (declarations.length === 0) UseGuards(StepUpGuard)(subject);
    addDeclaration(subject, { decorator, ...declared });
    if (key === undefined) markDecorated(subject.prototype);
    else markDecorated(target, key);
  };
}

/** The class, or the function of the handler, that a decorator stands on. */
function subjectOf(
  decorator: Decorator,
  target: object,
  key: string | symbol | undefined,
  descriptor: PropertyDescriptor | undefined,
): Function {
  if (key === undefined) {
    if (typeof target !== 'function') refuse(decorator, target, key, 'it is not a class');
    if (decorator === 'StepUpExempt') refuse(decorator, target, key, 'it belongs on a handler');
    return target;
  }
  const handler: unknown = descriptor?.value;
  if (typeof handler !== 'function' || typeof target === 'function') {
    refuse(decorator, target, key, 'it is not a method that can handle a route');
  }
  return handler;
}

function refuse(
  decorator: Decorator,
  target: object,
  key: string | symbol | undefined,
  reason: string,
): never {
  const type = typeof target === 'function' ? target.name : target.constructor.name;
  const place = key === undefined ? type : `${type}.${String(key)}`;
  throw new TypeError(`Cannot apply @${decorator} to ${place} as ${reason}`);
}

function checked(
  decorator: Decorator,
  requirement: AuthenticationRequirement,
): AuthenticationRequirement {
  try {
    return defineRequirement(requirement);
  } catch (error) {
    const kind = error instanceof RangeError ? RangeError : TypeError;
    const reason = error instanceof Error ? error.message : String(error);
    throw new kind(`Cannot apply @${decorator}: ${reason}`, { cause: error });
  }
}
