import type { Page } from '@playwright/test';

/** A transaction, and the API that it is at. */
export interface StartedTransaction {
  readonly origin: string;
  readonly id: string;
}

/** The next transaction that a page starts. */
export async function transactionStartedOn(page: Page): Promise<StartedTransaction> {
  const response = await page.waitForResponse((each) => each.url().endsWith('/auth/step-up'));
  const { transactionId: id } = await response.json();
  return { origin: new URL(response.url()).origin, id };
}

/** Whether the API gives the tokens of a transaction to the browser that a page is of. */
export async function handsOver(page: Page, { origin, id }: StartedTransaction): Promise<boolean> {
  const grant = 'urn:openid:params:grant-type:ciba';
  const answer = await page.context().request.post(`${origin}/auth/oidc/token`, {
    data: { grant_type: grant, authRequestId: id },
  });
  return answer.ok();
}
