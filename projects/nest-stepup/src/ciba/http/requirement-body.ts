import { defineRequirement, type AuthenticationRequirement } from 'stepup-core';
import { CibaException } from '../ciba.exception.js';
import type { RequestBody } from './request-body.js';

/**
 * Reads `acrValues` and `maxAge`; `undefined` when there is neither.
 *
 * @throws {CibaException} `invalid_request` when they are no requirement.
 */
export function readRequirement(body: RequestBody): AuthenticationRequirement | undefined {
  const acrValues = body.optionalTexts('acrValues', { maxLength: 255, maxCount: 20 });
  const maxAge = body.optionalSeconds('maxAge');
  if (acrValues === undefined && maxAge === undefined) return undefined;
  try {
    return defineRequirement({
      ...(acrValues !== undefined && { acrValues }),
      ...(maxAge !== undefined && { maxAge }),
    });
  } catch (cause) {
    const description = "'acrValues' must be values as in RFC 9470";
    throw new CibaException('invalid_request', description, { cause });
  }
}
