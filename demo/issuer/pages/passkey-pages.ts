import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { html, trustedHtml, type Html } from './html.js';
import { demand, waysOut, whoIsSigningIn, type InteractionView } from './interaction-parts.js';
import { page, problemNotice } from './layout.js';

/** Scripts that a page with a passkey form needs. */
export const PASSKEY_SCRIPTS: readonly string[] = [
  '/assets/simplewebauthn-browser.js',
  '/assets/passkey.js',
];

interface PasskeyForm {
  readonly path: string;
  readonly ceremony: 'create' | 'use';
  readonly options: PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON;
  readonly label: string;
  readonly secondary?: boolean;
}

/** A button that starts a passkey ceremony and posts the authenticator's answer. */
export function passkeyForm({ path, ceremony, options, label, secondary = false }: PasskeyForm) {
  return html`<form method="post" action="${path}" data-ceremony="${ceremony}" data-options="${JSON.stringify(options)}">
<input type="hidden" name="response">
<button${trustedHtml(secondary ? ' class="secondary"' : ' autofocus')}>${label}</button>
</form>`;
}

/** Where the browser's script says why a ceremony came to nothing. */
export function passkeyProblem(): Html {
  return html`<div class="notice bad" role="alert" id="passkey-problem" hidden></div>`;
}

/** Offers somebody without a passkey to create one. */
export function createPasskeyPage(
  view: InteractionView,
  options: PublicKeyCredentialCreationOptionsJSON,
): Html {
  return passkeyPage(view, {
    title: 'Create a passkey',
    text: html`<p>
      You have no passkey yet. Your device keeps it and asks for your fingerprint, your face or its
      PIN each time it is used.
    </p>`,
    form: passkeyForm({
      path: `${view.path}/create-passkey`,
      ceremony: 'create',
      options,
      label: 'Create a passkey',
    }),
  });
}

/** Asks for the passkey. */
export function usePasskeyPage(
  view: InteractionView & { readonly justCreated: boolean },
  options: PublicKeyCredentialRequestOptionsJSON,
): Html {
  const created = html`<div class="notice good" role="status">
    Your passkey was created. Now use it to go on.
  </div>`;
  return passkeyPage(view, {
    title: 'Use your passkey',
    text: html`${view.justCreated && created}`,
    form: passkeyForm({
      path: `${view.path}/passkey`,
      ceremony: 'use',
      options,
      label: 'Use your passkey',
    }),
  });
}

function passkeyPage(
  view: InteractionView,
  { title, text, form }: { title: string; text: Html; form: Html },
): Html {
  return page({
    title,
    scripts: PASSKEY_SCRIPTS,
    main: html`<h1>${title}</h1>
      ${demand(view)} ${problemNotice(view.problem)} ${passkeyProblem()} ${whoIsSigningIn(view)}
      ${text} ${form} ${waysOut(view, 'canBeUnable')}`,
  });
}
