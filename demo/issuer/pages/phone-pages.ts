import type { DemoAccount } from '../../demo.config.js';
import type { PhoneRequest } from '../ciba/phone-requests.js';
import type { OfferedSignIn } from '../phone/qr-session-client.js';
import { html, type Html } from './html.js';
import { page, problemNotice } from './layout.js';
import { ownerLine, requestCard, whereRows } from './phone-parts.js';

const SCRIPTS = ['/assets/phone.js'];
const TAG = html`<span class="tag">Demo: this stands in for your phone</span>`;

/** Makes the browser somebody's phone. @param next Path to go on to. */
export function registerPage(view: {
  readonly next: string;
  readonly accounts: readonly DemoAccount[];
  readonly userName?: string;
  readonly problem?: string;
}): Html {
  return page({
    title: 'Set up this phone',
    scripts: SCRIPTS,
    main: html`${TAG}
      <h1>Set up this phone</h1>
      <p class="demand">
        Sign in once. After that, this browser is your phone: what you are asked to approve shows up
        here.
      </p>
      ${problemNotice(view.problem)}
      <form method="post" action="/phone/register" data-keeps-fragment>
        <input type="hidden" name="next" value="${view.next}" />
        <div class="field">
          <label for="username">User name</label>
          <input
            id="username"
            name="username"
            value="${view.userName ?? ''}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            required
          />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            required
          />
        </div>
        <button>Make this my phone</button>
      </form>
      <details>
        <summary>Demo accounts and passwords</summary>
        <dl>
          ${view.accounts.map(
            ({ id, password }) =>
              html`<div>
                <dt><code>${id}</code> / <code>${password}</code></dt>
              </div> `,
          )}
        </dl>
      </details>`,
  });
}

/** What waits for an answer, kept up to date by a script. */
export function phonePage(owner: DemoAccount, open: readonly PhoneRequest[]): Html {
  return page({
    title: 'Phone',
    scripts: SCRIPTS,
    main: html`${TAG}
      <h1>Phone</h1>
      ${ownerLine(owner)}
      <p id="news" role="status" class="hidden-visually"></p>
      <div id="requests" data-live>${requestList(open)}</div>
      <noscript><p>Reload this page to see what is new.</p></noscript>
      <div class="ways-out">
        <a href="/phone/scan">Scan a QR code</a>
        <form method="post" action="/phone/remove">
          <button class="link">Remove this phone</button>
        </form>
      </div>`,
  });
}

/** The part of the phone's page that changes by itself. */
export function requestList(open: readonly PhoneRequest[]): Html {
  if (open.length > 0) return html`${open.map(requestCard)}`;
  return html`<p class="nothing">
    Nothing to approve. When somebody asks for you, it shows up here by itself.
  </p>`;
}

/** What has become of one request. */
export function outcomePage(outcome: { readonly title: string; readonly text: string }): Html {
  return page({
    title: outcome.title,
    main: html`${TAG}
      <h1>${outcome.title}</h1>
      <p>${outcome.text}</p>
      <p class="back"><a href="/phone">Back to the phone</a></p>`,
  });
}

/** Takes what a QR code says; a code that was opened with the camera is read from the address. */
export function scanPage(owner: DemoAccount, problem?: string): Html {
  return page({
    title: 'Scan a QR code',
    scripts: SCRIPTS,
    main: html`${TAG}
      <h1>Scan a QR code</h1>
      ${ownerLine(owner)} ${problemNotice(problem)}
      <form method="post" action="/phone/scan" id="scan">
        <div class="field">
          <label for="content">What the QR code says</label>
          <input
            id="content"
            name="content"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-describedby="content-hint"
            required
          />
          <small id="content-hint">
            A camera fills this in. Without one, copy the address that is shown with the code, and
            paste it here.
          </small>
        </div>
        <button>Continue</button>
      </form>
      <p class="back"><a href="/phone">Back to the phone</a></p>`,
  });
}

/** Shows who wants to sign in, and where, before anything is done. */
export function confirmSignInPage(owner: DemoAccount, offered: OfferedSignIn): Html {
  return page({
    title: 'Sign in on that browser?',
    scripts: SCRIPTS,
    main: html`${TAG}
      <h1>Sign in on that browser?</h1>
      <p class="demand">
        It will be signed in as <strong>${owner.name}</strong>. Go on only if the code is on a
        screen in front of you, and you opened that page yourself.
      </p>
      <dl class="facts">
        ${whereRows(offered.origin)}
        ${
          offered.at !== undefined &&
          html`<div>
            <dt>Code shown</dt>
            <dd><span data-since="${Math.floor(offered.at)}">just now</span></dd>
          </div>`
        }
      </dl>
      <div class="answers">
        <form method="post" action="/phone/scan/approve">
          <input type="hidden" name="session" value="${offered.sessionId}" />
          <button class="approve">Yes, go on</button>
        </form>
        <form method="post" action="/phone/scan/reject"><button class="deny">No</button></form>
      </div>`,
  });
}
