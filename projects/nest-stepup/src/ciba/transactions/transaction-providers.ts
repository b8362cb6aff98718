import type { Provider } from '@nestjs/common';
import { AuthReqIds } from './auth-req-ids.js';
import { OpenStepUp } from './open-step-up.js';
import { RateLimiter } from './rate-limiter.js';
import { Redemption } from './redemption.js';
import { SealedApprovals } from './sealed-approvals.js';
import { Sealer } from './sealer.js';
import { TokenDisposal } from './token-disposal.js';
import { TokenHandOver } from './token-hand-over.js';
import { TokenRequests } from './token-requests.js';
import { TransactionAudit } from './transaction-audit.js';
import { TransactionRecords } from './transaction-records.js';
import { TransactionStart } from './transaction-start.js';
import { TransactionWorker } from './transaction-worker.js';
import { Transactions } from './transactions.js';
import { WatchList } from './watch-list.js';

/** Transactions and their parts. They need `CIBA_SETTINGS`, a store and a client for CIBA. */
export const TRANSACTION_PROVIDERS: readonly Provider[] = [
  AuthReqIds,
  OpenStepUp,
  RateLimiter,
  Redemption,
  SealedApprovals,
  Sealer,
  TokenDisposal,
  TokenHandOver,
  TokenRequests,
  TransactionAudit,
  TransactionRecords,
  TransactionStart,
  TransactionWorker,
  Transactions,
  WatchList,
];
