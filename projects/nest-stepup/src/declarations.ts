import type { ExecutionContext } from '@nestjs/common';
import type { Authentication, AuthenticationRequirement } from 'stepup-core';

/**
 * Decides what a request demands, from the request itself: an amount, for example.
 *
 * @returns `undefined` when it demands no more than a valid token and what is declared besides.
 */
export type RequirementFunction = (
  context: ExecutionContext,
  authentication: Authentication,
) => AuthenticationRequirement | undefined | Promise<AuthenticationRequirement | undefined>;

/** What one decorator declares about a controller or a handler. */
export interface Declaration {
  readonly decorator: 'Authenticated' | 'MaxAge' | 'RequireAcr' | 'RequireStepUp' | 'StepUpExempt';
  readonly requirement?: AuthenticationRequirement;
  readonly decide?: RequirementFunction;
}

// Metadata, not a map of our own: decorators that wrap a handler copy its metadata to the wrapper.
const DECLARATIONS = Symbol('step-up declarations');
const DECORATED = Symbol('step-up decorated');

/** Adds a declaration to a controller or a handler. */
export function addDeclaration(subject: object, declaration: Declaration): void {
  Reflect.defineMetadata(DECLARATIONS, [...declarationsOn(subject), declaration], subject);
}

/** What is declared on a controller or a handler itself, apart from what it inherits. */
export function declarationsOn(subject: object): readonly Declaration[] {
  const declarations: readonly Declaration[] | undefined = Reflect.getOwnMetadata(
    DECLARATIONS,
    subject,
  );
  return declarations ?? [];
}

/**
 * Remembers that a method was decorated, by its name, or a class, by its prototype: a decorator that
 * is applied later can put another function or class in its place, on which nothing is declared.
 */
export function markDecorated(prototype: object, key?: string | symbol): void {
  if (key === undefined) Reflect.defineMetadata(DECORATED, true, prototype);
  else Reflect.defineMetadata(DECORATED, true, prototype, key);
}

/** Whether a method of this very prototype was decorated, whichever function is there now. */
export function wasDecorated(prototype: object, key: string | symbol): boolean {
  return Reflect.hasOwnMetadata(DECORATED, prototype, key);
}

/** Whether the class that made this very prototype was decorated, whichever class has it now. */
export function wasClassDecorated(prototype: object): boolean {
  return Reflect.hasOwnMetadata(DECORATED, prototype);
}

/** A class and all that it extends, the base first. */
export function lineageOf(type: object): readonly object[] {
  const classes: object[] = [];
  let each: object | null = type;
  while (each !== null && each !== Function.prototype) {
    classes.unshift(each);
    each = Reflect.getPrototypeOf(each);
  }
  return classes;
}

/** How a route is named in messages. */
export function routeName(context: Pick<ExecutionContext, 'getClass' | 'getHandler'>): string {
  return `${context.getClass().name}.${context.getHandler().name}`;
}
