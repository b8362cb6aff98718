import { ACR } from '../demo.config.js';

/** A factor that somebody has proven, by its RFC 8176 name. */
export type ProvenFactor = 'pwd' | 'otp' | 'swk';

/** How strong each `acr` value is that an Okta org knows; `ifpossible` may be one factor only. */
const STRENGTH: ReadonlyMap<string, number> = new Map([
  [ACR.oneFactor, 1],
  ['urn:okta:loa:1fa:pwd', 1],
  ['urn:okta:loa:2fa:any:ifpossible', 1],
  [ACR.twoFactors, 2],
  [ACR.phishingResistant, 3],
  [ACR.phishingResistantHardware, 4],
]);

export const SUPPORTED_ACR_VALUES: readonly string[] = [...STRENGTH.keys()];

/** Whether an authentication with one `acr` is good enough for a request for another. */
export function acrSatisfies(acr: string | undefined, wanted: string): boolean {
  const needed = STRENGTH.get(wanted);
  return needed !== undefined && (STRENGTH.get(acr ?? '') ?? 0) >= needed;
}

/** Reads `acr_values`, in order of preference. Okta ignores values that it does not know. */
export function readAcrValues(parameter: unknown): readonly string[] {
  if (typeof parameter !== 'string') return [];
  return parameter.split(' ').filter((value) => STRENGTH.has(value));
}

/** The strongest `acr` that factors are worth; `undefined` when they do not sign anybody in. */
export function acrOf(factors: ReadonlySet<ProvenFactor>): string | undefined {
  if (factors.has('swk')) return ACR.phishingResistant;
  if (!factors.has('pwd')) return undefined;
  return factors.has('otp') ? ACR.twoFactors : ACR.oneFactor;
}

/**
 * The `amr` claim for factors.
 *
 * @see [RFC 8176 §2](https://www.rfc-editor.org/rfc/rfc8176#section-2)
 */
export function amrOf(factors: ReadonlySet<ProvenFactor>): string[] {
  const amr: string[] = [...factors];
  // A passkey is used with user verification: something one has and something one knows or is.
  if (factors.has('swk')) amr.push('user');
  if (factors.size > 1 || factors.has('swk')) amr.push('mfa');
  return amr;
}

/** The factors that an `amr` claim of {@link amrOf} stands for. */
export function factorsOf(amr: readonly string[] | undefined): ReadonlySet<ProvenFactor> {
  return new Set(amr?.filter((method) => isProvenFactor(method)));
}

function isProvenFactor(method: string): method is ProvenFactor {
  return method === 'pwd' || method === 'otp' || method === 'swk';
}
