export { redisTransactionStore } from './redis-transaction-store.js';
export type { RedisTransactionStoreOptions } from './redis-transaction-store.js';
export type {
  IoredisClient,
  IoredisSubscriber,
  NodeRedisClient,
  NodeRedisListener,
  NodeRedisScriptOptions,
  NodeRedisSubscriber,
  RedisClient,
} from './redis-port.js';
