import { BadRequestException } from '@nestjs/common';
import type { TransferOrder } from '../bank-api.js';

const MOST = 1_000_000;
const MOST_TO = 70;
const MOST_REFERENCE = 140;

/**
 * Reads a transfer order from a request's body.
 *
 * @throws {BadRequestException} When a field is missing or out of its range. The text names the
 *   field and the rule, never the value.
 */
export function parseTransferOrder(body: unknown): TransferOrder {
  if (!isRecord(body)) {
    throw new BadRequestException('The body must be a JSON object.');
  }
  const { to, amount, reference = '' } = body;
  if (typeof to !== 'string' || to.trim() === '' || to.length > MOST_TO) {
    throw new BadRequestException(`“to” must be a text of 1 to ${MOST_TO} characters.`);
  }
  if (typeof amount !== 'number' || !(amount > 0) || amount > MOST || !isWholeCents(amount)) {
    throw new BadRequestException(
      `“amount” must be a number above 0 and at most ${MOST}, with at most two decimals.`,
    );
  }
  if (typeof reference !== 'string' || reference.length > MOST_REFERENCE) {
    throw new BadRequestException(
      `“reference” must be a text of at most ${MOST_REFERENCE} characters.`,
    );
  }
  return { to: to.trim(), amount, reference: reference.trim() };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether an amount in euros has at most two decimals. */
function isWholeCents(amount: number): boolean {
  return Number(amount.toFixed(2)) === amount;
}
