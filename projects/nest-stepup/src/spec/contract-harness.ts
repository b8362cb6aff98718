import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import { Logger, type LoggerService } from '@nestjs/common';
import {
  AuthorizationServerUnreachableException,
  InvalidTokenException,
  type AccessToken,
  type TokenVerifier,
  type VerificationContext,
} from 'nest-stepup';
import type { Authentication } from 'stepup-core';
import { MARKER } from './forge.js';

export type Outcome = Authentication | 'refused' | 'unreachable';

/**
 * Verifies and sums up; every other error, and every trace of the token, fails the test. So does a
 * token that is recalled as something else than it is verified as.
 */
export async function outcomeOf(
  verifier: TokenVerifier,
  value: string,
  context: VerificationContext,
): Promise<Outcome> {
  const token: AccessToken = { value, scheme: 'Bearer' };
  const recalled = verifier.recall?.(token, context);
  try {
    const authentication = await verifier.verify(token, context);
    if (recalled) expect(recalled).toBe(authentication);
    return authentication;
  } catch (error) {
    expect(recalled).toBeUndefined();
    expectNoTrace(value, inspect(error, { depth: 10, showHidden: true }));
    if (error instanceof InvalidTokenException) return 'refused';
    if (error instanceof AuthorizationServerUnreachableException) return 'unreachable';
    throw error;
  }
}

/** Records what is logged, by level. */
export function recordLog() {
  const lines: { readonly level: string; readonly text: string }[] = [];
  const record =
    (level: string) =>
    (...args: readonly unknown[]) => {
      lines.push({ level, text: args.map((arg) => inspect(arg, { depth: 10 })).join(' ') });
    };
  const service: LoggerService = {
    log: record('log'),
    error: record('error'),
    warn: record('warn'),
    debug: record('debug'),
  };
  Logger.overrideLogger(service);
  return lines;
}

/** Finds the token in a text, or one of its segments, encoded or not, or what was taken from one. */
export function expectNoTrace(token: string, text: string): void {
  expect(text).not.toContain(MARKER);
  const segments = token.split('.');
  const decoded = segments.map((segment) => Buffer.from(segment, 'base64url').toString());
  for (const piece of [...segments, ...decoded].filter(({ length }) => length > 12)) {
    expect(text).not.toContain(piece.slice(0, 40));
    expect(text).not.toContain(piece.slice(-40));
  }
}
