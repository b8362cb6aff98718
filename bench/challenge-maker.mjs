/** What a parser has to make of a header, without the parsing. */
const { parseChallenges } = await import('stepup-core');

/**
 * Makes what `parseChallenges()` makes of a header, knowing where everything stands in it: the least
 * that any parser of the same result takes.
 *
 * @returns A function that makes it; `undefined` when the header does not parse.
 */
export function makerOf(header) {
  const plan = planOf(header);
  if (!plan) return undefined;
  return () => {
    const challenges = [];
    for (const { scheme, params, token68 } of plan) {
      const made = { scheme: cut(header, scheme), params: makeParams(header, params) };
      if (token68) made.token68 = cut(header, token68);
      challenges.push(Object.freeze(made));
    }
    return Object.freeze(challenges);
  };
}

function makeParams(header, places) {
  if (places.length === 0) return NO_PARAMETERS;
  const params = Object.create(null);
  for (const [name, value] of places) params[cut(header, name)] = cut(header, value);
  return Object.freeze(params);
}

const NO_PARAMETERS = Object.freeze(Object.create(null));

const cut = (header, [start, end]) => header.slice(start, end);

/** Where the schemes, names and values stand. The lists have neither capitals nor escapes but few. */
function planOf(header) {
  let challenges;
  try {
    challenges = parseChallenges(header);
  } catch {
    return undefined;
  }
  const lowered = header.toLowerCase();
  let offset = 0;
  const place = (text) => {
    const start = lowered.indexOf(text.toLowerCase(), offset);
    offset = start + text.length;
    return [start, offset];
  };
  return challenges.map(({ scheme, params, token68 }) => ({
    scheme: place(scheme),
    params: Object.entries(params).map(([name, value]) => [place(name), place(value)]),
    ...(token68 && { token68: place(token68) }),
  }));
}
