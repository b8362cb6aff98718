/**
 * Runs the passkey ceremony of each `form[data-ceremony]` when it is submitted, and then submits it
 * with the authenticator's answer. Served at `/assets/passkey.js`.
 */
export const PASSKEY_SCRIPT = `
'use strict';
const { startRegistration, startAuthentication, browserSupportsWebAuthn } = SimpleWebAuthnBrowser;

const MESSAGES = {
  create: 'No passkey was created. You can try again.',
  use: 'The passkey was not used. You can try again.',
};

for (const form of document.querySelectorAll('form[data-ceremony]')) {
  const { ceremony, options } = form.dataset;
  const button = form.querySelector('button');
  const problem = document.getElementById('passkey-problem');

  const say = (text) => {
    problem.textContent = text;
    problem.hidden = text === '';
  };

  if (!browserSupportsWebAuthn()) {
    button.disabled = true;
    say('This browser cannot use passkeys.');
    continue;
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    say('');
    try {
      const start = ceremony === 'create' ? startRegistration : startAuthentication;
      const response = await start({ optionsJSON: JSON.parse(options) });
      form.elements.response.value = JSON.stringify(response);
      form.submit();
    } catch (error) {
      say(
        error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
          ? 'This device already holds a passkey for this account.'
          : MESSAGES[ceremony],
      );
      button.disabled = false;
      button.focus();
    }
  });
}
`;

/** Keeps the codes and the countdown of the authenticator page going. Served at `/assets/authenticator.js`. */
export const AUTHENTICATOR_SCRIPT = `
'use strict';
const PERIOD_MILLISECONDS = 30000;
const items = [...document.querySelectorAll('[data-account]')];

const refresh = async () => {
  const answer = await fetch('/authenticator/codes');
  if (!answer.ok) return;
  for (const { account, code, expiresAt } of await answer.json()) {
    const item = items.find(({ dataset }) => dataset.account === account);
    item.querySelector('output').textContent = code;
    item.dataset.expiresAt = expiresAt;
  }
};

const tick = () => {
  for (const item of items) {
    const left = Math.max(0, item.dataset.expiresAt * 1000 - Date.now());
    item.querySelector('i').style.width = (left / PERIOD_MILLISECONDS) * 100 + '%';
    item.querySelector('[data-left]').textContent = Math.ceil(left / 1000);
  }
  const expired = items.some(({ dataset }) => dataset.expiresAt * 1000 <= Date.now());
  // The page may outlive the demo: a refresh that fails is tried again with the next tick.
  Promise.resolve(expired && refresh()).catch(() => {}).finally(() => setTimeout(tick, 250));
};

tick();
`;
