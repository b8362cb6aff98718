/** The engine of transactions as one process of an API has it, without its routes. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import {
  BackchannelClient,
  clientSecretPost,
  standardProfile,
  TransactionStore,
} from 'nest-stepup/ciba';
import { redisTransactionStore } from 'nest-stepup/redis';

const built = new URL('../projects/nest-stepup/dist/ciba/', import.meta.url);
const load = (file) => import(new URL(file, built).href);
const { CIBA_SETTINGS } = await load('ciba.settings.js');
const { MemoryTransactionStore } = await load('transactions/memory-transaction-store.js');
const { TRANSACTION_PROVIDERS } = await load('transactions/transaction-providers.js');
const { OpenIdBackchannelClient } = await load('authorization-server/openid-backchannel-client.js');
const { Transactions } = await load('transactions/transactions.js');

const SEALING_KEYS = [randomBytes(32).toString('base64url')];
const now = () => Date.now() / 1000;
const NO_LIMIT = { limit: 1_000_000, windowSeconds: 1 };

class Bench {
  name = 'bench';
}

export async function startEngine({ issuer, deliveryMode = 'poll', redisUrl }) {
  const redis = redisUrl && new Redis(redisUrl);
  const store = redis ? redisTransactionStore({ client: redis }) : new MemoryTransactionStore();
  const client = new OpenIdBackchannelClient({
    issuer,
    clientId: 'bench',
    clientAuthentication: clientSecretPost('a-secret-of-at-least-thirty-two-characters'),
    deliveryMode,
  });
  const settings = {
    deliveryMode,
    profile: standardProfile(),
    bindingMessage: 'code',
    requestedExpirySeconds: 600,
    timeoutSeconds: 10,
    handOverSeconds: 60,
    clockToleranceSeconds: 5,
    sealingKeys: SEALING_KEYS,
    limits: { perUser: NO_LIMIT, perAddress: NO_LIMIT },
    compatibility: {},
    store,
    now,
  };
  Logger.overrideLogger(['warn', 'error']);
  const app = await NestFactory.createApplicationContext(
    {
      module: Bench,
      providers: [
        ...TRANSACTION_PROVIDERS,
        { provide: CIBA_SETTINGS, useValue: settings },
        { provide: TransactionStore, useValue: store },
        { provide: BackchannelClient, useValue: client },
      ],
    },
    { logger: ['warn', 'error'] },
  );
  return {
    transactions: app.get(Transactions),
    async close() {
      await app.close();
      await store.close();
      await redis?.quit();
    },
  };
}
