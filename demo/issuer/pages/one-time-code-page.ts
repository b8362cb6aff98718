import { html, trustedHtml, type Html } from './html.js';
import { demand, waysOut, whoIsSigningIn, type InteractionView } from './interaction-parts.js';
import { page, problemNotice } from './layout.js';

/** Asks for the code on the authenticator app. */
export function oneTimeCodePage(view: InteractionView): Html {
  const title = 'Enter your one-time code';
  const invalid = trustedHtml(
    view.problem === undefined ? '' : ' aria-invalid="true" aria-errormessage="problem"',
  );
  return page({
    title,
    main: html`<h1>${title}</h1>
      ${demand(view)} ${problemNotice(view.problem)} ${whoIsSigningIn(view)}
      <form method="post" action="${view.path}/otp">
        <div class="field">
          <label for="code">One-time code</label>
          <input
            class="code"
            id="code"
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            pattern="\\s*([0-9]\\s*){6}"
            title="Six digits"
            maxlength="9"
            aria-describedby="code-hint"
            required
            autofocus${invalid}
          />
          <small id="code-hint">The six digits on your authenticator app.</small>
        </div>
        <button>Continue</button>
      </form>
      ${waysOut(view, 'canBeUnable')}
      <p class="phone">
        Demo:
        <a href="/authenticator" target="_blank" rel="noopener">open the authenticator app</a>,
        which stands in for your phone.
      </p>`,
  });
}
