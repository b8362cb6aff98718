import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { DemoAccount } from '../../demo.config.js';
import { html, trustedHtml, type Html } from './html.js';
import { demand, waysOut, whoIsSigningIn, type InteractionView } from './interaction-parts.js';
import { page, problemNotice } from './layout.js';
import { PASSKEY_SCRIPTS, passkeyForm, passkeyProblem } from './passkey-pages.js';

interface SignInView extends InteractionView {
  /** User name to start with. */
  readonly userName: string;
  readonly demoAccounts: readonly DemoAccount[];
  /** Given when a passkey would do in place of a password. */
  readonly passkeyOptions: PublicKeyCredentialRequestOptionsJSON | undefined;
}

/** Asks for a user name and a password, or for the password of the account that is signed in. */
export function signInPage(view: SignInView): Html {
  const title = view.account ? 'Confirm that it is you' : 'Sign in';
  const { passkeyOptions } = view;
  return page({
    title,
    scripts: passkeyOptions ? PASSKEY_SCRIPTS : [],
    main: html`<h1>${title}</h1>
      ${demand(view)} ${problemNotice(view.problem)} ${whoIsSigningIn(view)}
      <form method="post" action="${view.path}/password">
        ${view.account ? hiddenUserName(view.account) : userNameField(view)}
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required${focusWhen(view.account !== undefined || view.userName !== '')}${invalidWhen(view)}
          />
        </div>
        <button>Continue</button>
      </form>
      ${
        passkeyOptions &&
        html`<p class="or">or</p>
          ${passkeyProblem()}
          ${passkeyForm({ path: `${view.path}/passkey`, ceremony: 'use', options: passkeyOptions, label: 'Use a passkey', secondary: true })}`
      }
      ${waysOut(view, 'no')} ${demoAccounts(view.demoAccounts)}`,
  });
}

function userNameField(view: SignInView): Html {
  return html`<div class="field">
    <label for="username">User name</label>
    <input
      id="username"
      name="username"
      value="${view.userName}"
      autocomplete="username webauthn"
      autocapitalize="none"
      spellcheck="false"
      required${focusWhen(view.userName === '')}${invalidWhen(view)}
    />
  </div>`;
}

/** Lets a password manager know whose password is asked. */
function hiddenUserName({ id }: DemoAccount): Html {
  return html`<input name="username" value="${id}" autocomplete="username" hidden readonly />`;
}

function focusWhen(condition: boolean): Html {
  return trustedHtml(condition ? ' autofocus' : '');
}

function invalidWhen({ problem }: InteractionView): Html {
  return trustedHtml(
    problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"',
  );
}

function demoAccounts(accounts: readonly DemoAccount[]): Html {
  return html`<details>
    <summary>Demo accounts and passwords</summary>
    <dl>
      ${accounts.map(
        ({ id, password, description }) =>
          html`<div>
            <dt><code>${id}</code> / <code>${password}</code></dt>
            <dd>${description}</dd>
          </div> `,
      )}
    </dl>
  </details>`;
}
