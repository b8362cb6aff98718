export { redisTransactionStore } from './redis-transaction-store.js';
export type { RedisTransactionStoreOptions } from './redis-transaction-store.js';
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-port.js';
