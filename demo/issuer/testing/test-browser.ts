/** A page that was answered, or the parameters with which the browser came back to the application. */
export type Visit =
  | {
      readonly kind: 'page';
      readonly status: number;
      readonly html: string;
      readonly headers: Headers;
    }
  | { readonly kind: 'callback'; readonly params: Readonly<Record<string, string>> };

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/**
 * A browser without scripts: keeps cookies, follows redirects up to the application, posts forms.
 *
 * Forms that a page would submit by itself are submitted.
 */
export class TestBrowser {
  readonly #origin: string;
  #cookies: readonly Cookie[] = [];
  #page: Visit | undefined;

  /** @param origin Where pages are fetched from; every other origin is the application's. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  async open(url: string, init: RequestInit = {}): Promise<Visit> {
    let next = { url: new URL(url, this.#origin), init };
    for (let redirects = 0; redirects < 10; redirects += 1) {
      if (next.url.origin !== this.#origin) {
        return { kind: 'callback', params: Object.fromEntries(next.url.searchParams) };
      }
      const response = await this.#fetch(next.url, next.init);
      const location = response.headers.get('location');
      if (location === null) return this.#show(response);
      next = { url: new URL(location, next.url), init: {} };
    }
    throw new Error('Cannot open the page as it redirects without end');
  }

  /** Posts the form of the current page whose action ends with the given word. */
  async submit(
    action: string,
    fields: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Visit> {
    const path = new RegExp(`action="([^"]*/${action})"`).exec(this.html)?.[1];
    if (path === undefined) throw new Error(`Cannot submit as the page has no form for ${action}`);
    return this.open(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: this.#origin, ...headers },
    });
  }

  /** The markup of the current page. */
  get html(): string {
    return this.#page?.kind === 'page' ? this.#page.html : '';
  }

  get heading(): string | undefined {
    return /<h1>([^<]*)<\/h1>/.exec(this.html)?.[1];
  }

  /** The options that the page hands to the browser's passkey ceremony. */
  get passkeyOptions(): { readonly challenge: string } {
    const attribute = /data-options="([^"]*)"/.exec(this.html)?.[1] ?? '';
    const options: { challenge: string } = JSON.parse(attribute.replaceAll('&quot;', '"'));
    return options;
  }

  async #show(response: Response): Promise<Visit> {
    const { status, headers } = response;
    this.#page = { kind: 'page', status, headers, html: await response.text() };
    return this.html.includes('document.forms[0].submit()') ? this.#submitByItself() : this.#page;
  }

  #submitByItself(): Promise<Visit> {
    const action = /action="([^"]*)"/.exec(this.html)?.[1] ?? '';
    const inputs = this.html.matchAll(/name="([^"]*)" value="([^"]*)"/g);
    const body = new URLSearchParams([...inputs].map(([, name = '', value = '']) => [name, value]));
    return this.open(action, { method: 'POST', body });
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = this.#cookies.filter(({ path }) => url.pathname.startsWith(path));
    if (cookies.length > 0) {
      headers.set('cookie', cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    return response;
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((text) => text.startsWith('path='))?.slice(5) ?? '/';
    const others = this.#cookies.filter((known) => known.name !== name || known.path !== path);
    this.#cookies = value === '' ? others : [...others, { name, value, path }];
  }
}
