import type { DemoAccount } from '../../demo.config.js';
import type { ShownCode } from '../factors/totp.js';
import { html, type Html } from './html.js';
import { page } from './layout.js';

/** One line of the authenticator app. */
export interface AuthenticatorEntry {
  readonly account: DemoAccount;
  /** `undefined` for an account without an authenticator app. */
  readonly shown: ShownCode | undefined;
}

/** An authenticator app for all demo accounts, for people who have no phone at hand. */
export function authenticatorPage(entries: readonly AuthenticatorEntry[]): Html {
  return page({
    title: 'Authenticator app',
    scripts: ['/assets/authenticator.js'],
    main: html`<span class="tag">Demo: this stands in for your phone</span>
      <h1>Authenticator app</h1>
      <p class="demand">The current one-time code of each demo account.</p>
      <ul class="codes">
        ${entries.map((entry) => (entry.shown ? codeItem(entry.account, entry.shown) : noCodeItem(entry.account)))}
      </ul>`,
  });
}

function codeItem({ id, name }: DemoAccount, { code, expiresAt }: ShownCode): Html {
  return html`<li data-account="${id}" data-expires-at="${expiresAt}">
    <div>
      <h2>${name}</h2>
      <small>${id} · next code in <span data-left>30</span> s</small>
    </div>
    <output aria-label="Code of ${name}">${code}</output>
    <div class="countdown" aria-hidden="true"><i></i></div>
  </li> `;
}

function noCodeItem({ id, name }: DemoAccount): Html {
  return html`<li>
    <div>
      <h2>${name}</h2>
      <small>${id}</small>
    </div>
    <span class="none">no authenticator app</span>
  </li> `;
}
