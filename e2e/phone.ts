import { expect, type Locator, type Page } from '@playwright/test';

/** Letters and digits to compare, or a number to pick. */
const CODE = /^(?:[A-Z\d]{4}-[A-Z\d]{4}|\d\d)$/;

/** Somebody's phone: the demo's page for it, in a browser of its own. */
export class Phone {
  /** What waits for an answer. */
  readonly requests: Locator;

  private constructor(
    readonly page: Page,
    private readonly address: string,
  ) {
    this.requests = page.getByRole('article');
  }

  /** Makes a page somebody's phone. */
  static async setUp(page: Page, issuerOrigin: string, account: string): Promise<Phone> {
    const phone = new Phone(page, `${issuerOrigin}/phone`);
    await phone.open();
    await page.getByLabel('User name').fill(account);
    await page.getByLabel('Password').fill(`harbour-${account}`);
    await page.getByRole('button', { name: 'Make this my phone' }).click();
    await expect(page.getByRole('heading', { name: 'Phone', level: 1 })).toBeVisible();
    return phone;
  }

  async open(): Promise<void> {
    await this.page.goto(this.address);
  }

  /** The request with a code: it appears by itself. */
  request(code: string): Locator {
    return this.requests.filter({ hasText: code });
  }

  async approve(code: string): Promise<void> {
    await this.request(code).getByRole('button', { name: 'Approve' }).click();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('Approved');
  }

  async deny(code: string): Promise<void> {
    await this.request(code).getByRole('button', { name: 'Deny' }).click();
    await expect(this.page.getByRole('heading', { level: 1 })).toHaveText('Denied');
  }

  /** Picks a number on the only request that waits. */
  async pick(number: string): Promise<void> {
    await this.requests.getByRole('button', { name: number, exact: true }).click();
  }

  /** Opens what a QR code says, as a camera does. */
  async scan(content: string): Promise<void> {
    // A fragment alone would not load the page again.
    await this.page.goto('about:blank');
    await this.page.goto(content);
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { level: 1 });
  }
}

/** The dialog in which the page says how the approval goes on. */
export function dialogOn(page: Page): Locator {
  return page.getByRole('dialog');
}

/** The code that the dialog shows, once it does. */
export async function codeOn(page: Page): Promise<string> {
  return dialogOn(page).getByText(CODE).first().innerText();
}
