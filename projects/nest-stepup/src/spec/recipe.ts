import type { Authentication } from 'stepup-core';
import type { Forge, Ingredients } from './forge.js';

/** A token to make, and what a verifier must do with it. */
export interface Recipe {
  readonly name: string;
  readonly make: (forge: Forge) => string;
  readonly expected: 'refused' | Reading;
}

/** What is read from a token that is accepted; `undefined` for what must not be read from it. */
export type Reading = {
  readonly [Name in keyof Authentication]?: Authentication[Name] | undefined;
};

/** One recipe for each entry of a table. */
export function refused(
  about: string,
  table: Readonly<Record<string, (forge: Forge) => Ingredients | string>>,
): readonly Recipe[] {
  return recipes(about, table, 'refused');
}

export function accepted(
  about: string,
  table: Readonly<Record<string, (forge: Forge) => Ingredients | string>>,
  expected: Reading = {},
): readonly Recipe[] {
  return recipes(about, table, expected);
}

function recipes(
  about: string,
  table: Readonly<Record<string, (forge: Forge) => Ingredients | string>>,
  expected: Recipe['expected'],
): readonly Recipe[] {
  return Object.entries(table).map(([name, from]) => ({
    name: `${about}: ${name}`,
    expected,
    make: (forge) => {
      const made = from(forge);
      return typeof made === 'string' ? made : forge.token(made);
    },
  }));
}

/** A table of one member, or one claim, with different values. */
export function each<T>(
  values: readonly T[],
  from: (value: T, forge: Forge) => Ingredients | string,
): Readonly<Record<string, (forge: Forge) => Ingredients | string>> {
  return Object.fromEntries(
    values.map((value, index) => [
      `${index + 1}. ${nameOf(value)}`,
      (forge: Forge) => from(value, forge),
    ]),
  );
}

function nameOf(value: unknown): string {
  const text = typeof value === 'function' ? String(value) : JSON.stringify(value);
  return (text ?? 'absent').slice(0, 70);
}
