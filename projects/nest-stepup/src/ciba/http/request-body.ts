import { CibaException } from '../ciba.exception.js';
import type { HttpRequest } from './http-exchange.js';

interface TextRules {
  /** In UTF-16 code units. */
  readonly maxLength: number;
}

/**
 * Reads the JSON body of a request, one member at a time. Members that are not asked for are
 * ignored, as RFC 6749 §3.1 has it; `null` counts as absent.
 *
 * Each method throws a `CibaException`, `invalid_request`, that names the member.
 */
export class RequestBody {
  private readonly members: Readonly<Record<string, unknown>>;

  /** @throws {CibaException} `invalid_request` when it is not a JSON object. */
  constructor({ headers, body }: HttpRequest) {
    const { 'content-type': contentType } = headers;
    // A form of another site needs no preflight; JSON does. An empty form has its type as well.
    const isJson = /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(contentType ?? '');
    const isEmpty = body === undefined || body === null || headers['content-length'] === '0';
    const isRight = isEmpty
      ? isJson || contentType === undefined
      : isJson && typeof body === 'object' && !Array.isArray(body);
    if (!isRight) {
      throw new CibaException('invalid_request', 'The body must be a JSON object');
    }
    this.members = isEmpty ? {} : { ...body };
  }

  optionalText(name: string, { maxLength }: TextRules): string | undefined {
    const value = this.member(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw wrong(name, 'must be a string');
    if (value.length > maxLength) throw wrong(name, `must have at most ${maxLength} characters`);
    return value;
  }

  text(name: string, rules: TextRules): string {
    const value = this.optionalText(name, rules);
    if (value === undefined || value === '') throw wrong(name, 'is missing');
    return value;
  }

  optionalSeconds(name: string): number | undefined {
    const value = this.member(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw wrong(name, 'must be a non-negative whole number of seconds');
  }

  optionalTexts(name: string, { maxLength, maxCount }: TextRules & { readonly maxCount: number }) {
    const value = this.member(name);
    if (value === undefined) return undefined;
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    const isText = (one: unknown) =>
      typeof one === 'string' && one !== '' && one.length <= maxLength;
    if (list.length > 0 && list.length <= maxCount && list.every(isText)) return list.map(String);
    throw wrong(
      name,
      `must be a list of 1 to ${maxCount} strings of at most ${maxLength} characters`,
    );
  }

  private member(name: string): unknown {
    const value = Object.hasOwn(this.members, name) ? this.members[name] : undefined;
    return value === null ? undefined : value;
  }
}

function wrong(name: string, why: string): CibaException {
  return new CibaException('invalid_request', `'${name}' ${why}`);
}
