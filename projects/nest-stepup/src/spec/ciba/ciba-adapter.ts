import type { Adapter, AdapterConstructor, AdapterPayload, ClientMetadata } from 'oidc-provider';

/**
 * What `oidc-provider` keeps, in memory and for as long as the test runs: that what has expired is
 * still known makes it say `expired_token`. Clients come from here too, as the library's copies of
 * those in its configuration are objects of another realm under Jest, and keys in them are refused.
 */
export function memoryAdapter(clients: readonly ClientMetadata[]): AdapterConstructor {
  const records = new Map<string, AdapterPayload>();
  for (const client of clients) records.set(`Client:${client.client_id}`, { ...client });

  return class implements Adapter {
    constructor(private readonly name: string) {}

    upsert(id: string, payload: AdapterPayload): Promise<void> {
      records.set(this.key(id), payload);
      return Promise.resolve();
    }
    find(id: string): Promise<AdapterPayload | undefined> {
      const record = records.get(this.key(id));
      return Promise.resolve(record && { ...record });
    }
    findByUid(): Promise<undefined> {
      return Promise.resolve(undefined);
    }
    findByUserCode(): Promise<undefined> {
      return Promise.resolve(undefined);
    }
    consume(id: string): Promise<void> {
      const record = records.get(this.key(id));
      if (record) records.set(this.key(id), { ...record, consumed: Math.floor(Date.now() / 1000) });
      return Promise.resolve();
    }
    destroy(id: string): Promise<void> {
      records.delete(this.key(id));
      return Promise.resolve();
    }
    revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, record] of records) {
        if (record.grantId === grantId) records.delete(key);
      }
      return Promise.resolve();
    }
    private key(id: string): string {
      return `${this.name}:${id}`;
    }
  };
}
