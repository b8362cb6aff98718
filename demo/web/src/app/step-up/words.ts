import type { AuthenticationRequirement } from 'angular-stepup';

const ACR_WORDS: Readonly<Record<string, string>> = {
  'urn:okta:loa:1fa:any': 'one factor',
  'urn:okta:loa:1fa:pwd': 'your password',
  'urn:okta:loa:2fa:any': 'two factors',
  phr: 'a passkey',
  phrh: 'a passkey on a hardware key',
};

/** Says in words what an authentication context asks of a person. */
export function acrInWords(acr: string): string {
  return ACR_WORDS[acr] ?? acr;
}

/** Says in words what a requirement asks of a person: “a passkey, used in the last 5 minutes”. */
export function requirementInWords({ acrValues, maxAge }: AuthenticationRequirement): string {
  const strength = acrValues?.map(acrInWords).join(' or ');
  if (maxAge === undefined) return strength ?? 'any sign-in';
  const recency = maxAge === 0 ? 'just now' : `in the last ${spanInWords(maxAge)}`;
  return strength ? `${strength}, used ${recency}` : `a sign-in ${recency}`;
}

/** “5 minutes”, but “minute”: it stands after “the last”. */
function spanInWords(seconds: number): string {
  return durationInWords(seconds).replace(/^1 /, '');
}

/** Says a duration in its largest fitting unit. @param seconds Whole seconds, 0 or more. */
export function durationInWords(seconds: number): string {
  if (seconds < 60) return plural(seconds, 'second');
  if (seconds < 3600) return plural(Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return plural(Math.floor(seconds / 3600), 'hour');
  return plural(Math.floor(seconds / 86_400), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
