import { Inject, Injectable } from '@nestjs/common';
import { CibaException } from './ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from './ciba.settings.js';
import { Sealer } from './transactions/sealer.js';
import { isSame } from './transactions/transaction-key.js';

/** What a refresh token of the authorization server is kept with. */
export interface RefreshGrant {
  readonly token: string;
  /** Of the browser that got it; absent only with `compatibility.unboundTransactions`. */
  readonly binding?: string;
  /** Who approved; absent where the authorization server's client does not tell. */
  readonly subject?: string;
  /** What its access tokens are for. */
  readonly resource: readonly string[];
}

/** A refresh token that was sealed here, as a browser presents it. */
export interface PresentedGrant {
  readonly grant: RefreshGrant;
  /** Whether that browser is the one that got it. */
  readonly isOwn: boolean;
}

const CONTEXT = 'refresh token';

/**
 * Refresh tokens for browsers: that of the authorization server, sealed together with the binding
 * of the one browser that may use it. Nothing is stored.
 */
@Injectable()
export class RefreshTokens {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'compatibility'>,
    private readonly sealer: Sealer,
  ) {}

  seal({ token, binding, subject, resource }: RefreshGrant): Promise<string> {
    return this.sealer.seal([token, binding ?? null, subject ?? null, resource], CONTEXT);
  }

  /** @throws {CibaException} `invalid_grant` when it is not one of ours, or another browser's. */
  async open(text: string, binding: string | undefined): Promise<RefreshGrant> {
    const found = await this.find(text, binding);
    if (!found?.isOwn) {
      throw new CibaException('invalid_grant', 'The refresh token is of no use here');
    }
    return found.grant;
  }

  /** Tells what was sealed here, whoever's it is, from all else: that is `undefined`. */
  async find(text: string, binding: string | undefined): Promise<PresentedGrant | undefined> {
    const grant = readGrant(await this.sealer.open(text, CONTEXT));
    return grant && { grant, isOwn: this.isUsableBy(grant, binding) };
  }

  private isUsableBy(grant: RefreshGrant, binding: string | undefined): boolean {
    // Those that were given out while the switch was on are good for as long as it is.
    if (grant.binding === undefined) return this.settings.compatibility.unboundTransactions;
    return binding !== undefined && isSame(grant.binding, binding);
  }
}

function readGrant(value: unknown): RefreshGrant | undefined {
  const [token, binding, subject, resource]: readonly unknown[] = Array.isArray(value) ? value : [];
  if (typeof token !== 'string' || !Array.isArray(resource)) return undefined;
  if (binding !== null && typeof binding !== 'string') return undefined;
  if (subject !== null && typeof subject !== 'string') return undefined;
  return {
    token,
    resource: resource.map(String),
    ...(binding !== null && { binding }),
    ...(subject !== null && { subject }),
  };
}
