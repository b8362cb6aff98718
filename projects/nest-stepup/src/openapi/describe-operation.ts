import type { JsonObject } from '../json-object.js';
import type { Demands } from './demands.js';
import { objectIn, resolve } from './document-members.js';
import type { RefusalResponse } from './responses.js';
import type { SecurityScheme } from './security-scheme.js';

/** What is to be said of an operation. */
export interface Description {
  readonly demands: Demands;
  readonly security: SecurityScheme;
  readonly refusals: Readonly<Record<string, RefusalResponse>>;
  /** The document, for what its responses refer to. */
  readonly source: JsonObject;
}

/** Adds to an operation what a caller needs, and what happens to one who lacks it. */
export function describeOperation(
  operation: JsonObject,
  { demands, security, refusals, source }: Description,
): JsonObject {
  const documented = objectIn(operation, 'responses');
  const responses = Object.entries(refusals).map(([status, refusal]) => [
    status,
    merged(resolve(documented[status], source), refusal),
  ]);
  return {
    ...operation,
    responses: { ...documented, ...Object.fromEntries(responses) },
    security: security.requirementsOf(operation, demands.isOptional),
    ...(demands.extension && { 'x-step-up': demands.extension }),
  };
}

/** What the app documents for the same status is kept: it may have reasons of its own for it. */
function merged(documented: JsonObject | undefined, refusal: RefusalResponse): JsonObject {
  if (!documented) return { ...refusal };
  const headers = objectIn(documented, 'headers');
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const ours = Object.entries(refusal.headers).filter(
    ([name]) => !names.includes(name.toLowerCase()),
  );
  return {
    ...documented,
    description: joined(documented.description, refusal.description),
    headers: { ...headers, ...Object.fromEntries(ours) },
    content: { ...refusal.content, ...objectIn(documented, 'content') },
  };
}

function joined(documented: unknown, description: string): string {
  if (typeof documented !== 'string' || documented === '') return description;
  return documented.includes(description) ? documented : `${documented}\n\n${description}`;
}
