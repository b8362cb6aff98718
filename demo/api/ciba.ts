import { oidcProviderProfile, privateKeyJwt, type CibaOptions } from 'nest-stepup/ciba';
import type { TransactionStore } from 'nest-stepup/ciba';
import { OKTA_ACR_RANKING } from 'stepup-core';
import type { CibaConfig } from '../ciba.config.js';

/** What approval on a phone needs to know of the rest of the demo. */
export interface CibaSurroundings {
  readonly issuer: string;
  /** Where browsers and phones reach the API, whatever number of processes serve it. */
  readonly publicUrl: string;
  readonly audience: string;
  readonly scopes: readonly string[];
  /** @default in the memory of this process */
  readonly store?: TransactionStore | undefined;
}

/** Who tries out the demo asks the same few phones time and again, from one address. */
const LIMIT = { limit: 200, windowSeconds: 300 };

/** The options of `CibaModule` for the bank. */
export function cibaOptions(
  ciba: CibaConfig,
  { issuer, publicUrl, audience, scopes, store }: CibaSurroundings,
): CibaOptions {
  const { clientId, key, phoneUrl, deliveryMode, bindingMessage, sealingKey } = ciba;
  // #region options
  return {
    issuer,
    clientId,
    clientAuthentication: privateKeyJwt({ key: { ...key }, kid: key.kid }),
    publicUrl,
    profile: oidcProviderProfile(),
    scope: scopes.join(' '),
    resource: audience,
    qr: { content: ({ sessionId }) => `${phoneUrl}/scan#${sessionId}` },
    deliveryMode,
    bindingMessage,
    acrRanking: OKTA_ACR_RANKING,
    limits: { perUser: LIMIT, perAddress: LIMIT },
    ...(store && { store, sealingKeys: [sealingKey] }),
  };
  // #endregion
}
