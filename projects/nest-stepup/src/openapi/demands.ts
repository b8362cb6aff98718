import type { AuthenticationRequirement } from 'nest-stepup';
import type { Route } from '../route-table.js';

/** What an operation demands of its caller, for a document. */
export interface Demands {
  /** Whether some of its requests are open, as those of a version without decorators. */
  readonly isOptional: boolean;
  /** In words, a sentence for each part. */
  readonly words: string;
  /** What holds for every request; none where that is no more than a token. */
  readonly requirement: AuthenticationRequirement | undefined;
  /** For programs: the extension `x-step-up`. */
  readonly extension: StepUpExtension | undefined;
}

/** What `x-step-up` says. */
export interface StepUpExtension {
  readonly acrValues?: readonly string[];
  /** In seconds. */
  readonly maxAge?: number;
  /** Whether the request decides if more is demanded. */
  readonly decidedPerRequest?: true;
}

/**
 * What the routes of one operation demand: one, or several where the host or the version of
 * a request decides which one it is for.
 *
 * @returns `undefined` when all of them are open.
 */
export function demandsOf(routes: readonly Route[]): Demands | undefined {
  if (routes.every(({ open }) => open)) return undefined;
  const [first] = routes;
  const texts = routes.map(wordsFor);
  if (first && new Set(texts).size === 1) {
    const extension = extensionOf(first);
    return { isOptional: false, words: wordsFor(first), requirement: first.requirement, extension };
  }
  return {
    isOptional: routes.some(({ open }) => open),
    words: routes
      .map(
        ({ condition = 'otherwise' }, index) =>
          `${condition[0]?.toUpperCase()}${condition.slice(1)}: ${texts[index] ?? ''}`,
      )
      .join('\n\n'),
    requirement: undefined,
    extension: { decidedPerRequest: true },
  };
}

function wordsFor({ open, requirement, functions }: Route): string {
  if (open) return 'No access token is needed.';
  const { acrValues, maxAge } = requirement ?? {};
  return [
    'A valid access token is needed.',
    ...(acrValues ? [`Its user must have authenticated by ${listed(acrValues)} (acr).`] : []),
    ...(maxAge === undefined
      ? []
      : [`Its user must have authenticated not longer than ${maxAge} seconds ago (auth_time).`]),
    ...(functions.length > 0 ? ['Whether more is demanded is decided per request.'] : []),
  ].join(' ');
}

function listed(acrValues: readonly string[]): string {
  if (acrValues.length === 1) return acrValues.join();
  return `one of ${acrValues.join(', ')}, the preferred one first`;
}

function extensionOf({ requirement, functions }: Route): StepUpExtension | undefined {
  if (!requirement && functions.length === 0) return undefined;
  return { ...requirement, ...(functions.length > 0 && { decidedPerRequest: true }) };
}
