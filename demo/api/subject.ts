import { ForbiddenException } from '@nestjs/common';
import type { Authentication } from 'stepup-core';

/**
 * The customer that a verified token speaks for.
 *
 * @throws {ForbiddenException} When the token names nobody: it is a machine's.
 */
export function subjectOf(authentication: Authentication): string {
  if (!authentication.subject) throw new ForbiddenException('This token names no customer.');
  return authentication.subject;
}
