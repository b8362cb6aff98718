import { Inject, Injectable } from '@nestjs/common';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { askStore, unavailable } from './store-outage.js';
import { digestOf } from './transaction-key.js';
import { TransactionStore } from './transaction-store.js';

/** More starts at once than one browser can make. */
const MOST_WRITERS = 16;

/** Which step-up of a user in a browser is the open one: there is one at most. */
@Injectable()
export class OpenStepUp {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: Pick<CibaSettings, 'now'>,
    private readonly store: TransactionStore,
  ) {}

  /**
   * Makes a transaction the open one.
   *
   * @param expiresAt When nobody needs to know any more, in seconds since the Unix epoch.
   * @returns The key of the one that was it before, open or not.
   */
  async replace(
    { subject, binding }: { readonly subject: string; readonly binding: string },
    key: string,
    expiresAt: number,
  ): Promise<string | undefined> {
    const index = `o:${digestOf(`${binding}\n${subject}`)}`;
    const times = { now: this.settings.now(), expiresAt };
    for (let writers = 0; writers < MOST_WRITERS; writers++) {
      const before = await askStore(this.store.read(index, times.now));
      const isWritten = await askStore(
        before
          ? this.store.replace(index, before.revision, key, times)
          : this.store.create(index, key, times),
      );
      if (isWritten) return before?.value;
    }
    throw unavailable();
  }
}
