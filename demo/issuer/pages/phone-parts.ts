import type { DemoAccount } from '../../demo.config.js';
import { canReach } from '../accounts.js';
import { strongestAcr } from '../ciba/phone-approval.js';
import type { PhoneRequest } from '../ciba/phone-requests.js';
import { addressInWords, browserInWords } from '../phone/where.js';
import { html, type Html } from './html.js';
import { span, strengthOf } from './interaction-parts.js';

/** One open request: what is asked, by whom, from where, and the ways to answer. */
export function requestCard(request: PhoneRequest): Html {
  const { id, clientName, expiresAt } = request;
  return html`<article class="request" aria-labelledby="request-${id}" data-request="${id}">
    <h2 id="request-${id}">
      ${isSignIn(request) ? html`Sign in to ${clientName}?` : html`${clientName} asks: is it you?`}
    </h2>
    ${reason(request)} ${tooWeak(request)} ${facts(request)} ${comparison(request)}
    ${answers(request)}
    <p class="left">
      <span data-expires-at="${expiresAt}">Answer soon</span>
    </p>
  </article>`;
}

/** Says where something was asked for, in words: rows of a description list. */
export function whereRows(origin: PhoneRequest['origin']): Html {
  return html`<div>
      <dt>Browser</dt>
      <dd>${browserInWords(origin.userAgent)}</dd>
    </div>
    <div>
      <dt>IP address</dt>
      <dd>${addressInWords(origin.ipAddress)}</dd>
    </div>`;
}

/** Says whose phone this is. */
export function ownerLine({ name, id }: DemoAccount): Html {
  return html`<p class="demand">The phone of <strong>${name}</strong> (${id})</p>`;
}

/** Says in words what is asked; `undefined` where signing in is enough. */
export function askInWords({ acrValues, maxAge }: PhoneRequest): string | undefined {
  const strength = acrValues.map(strengthOf).find((words) => words !== undefined);
  if (maxAge === undefined) return strength;
  const recency = `not older than ${span(maxAge)}`;
  return strength === undefined ? `a confirmation, ${recency}` : `${strength}, ${recency}`;
}

function isSignIn({ acrValues, maxAge }: PhoneRequest): boolean {
  return acrValues.length === 0 && maxAge === undefined;
}

function facts(request: PhoneRequest): Html {
  const asked = askInWords(request);
  return html`<dl class="facts">
    ${
      asked !== undefined &&
      html`<div>
        <dt>Proof</dt>
        <dd>${asked}</dd>
      </div>`
    }
    ${whereRows(request.origin)}
  </dl>`;
}

function reason({ origin }: PhoneRequest): Html {
  return origin.reason === undefined ? html`` : html`<p class="reason">${origin.reason}</p>`;
}

/** Says so when this phone cannot offer what is asked: the answer will not be enough. */
function tooWeak({ account, acrValues }: PhoneRequest): Html | false {
  if (acrValues.length === 0 || acrValues.some((acr) => canReach(account, acr))) return false;
  const offered = strengthOf(strongestAcr(account)) ?? 'one factor';
  return html`<div class="notice bad">
    This phone offers ${offered}, which is less than what is asked.
  </div>`;
}

function comparison({ bindingMessage, choices }: PhoneRequest): Html | false {
  if (bindingMessage === undefined || choices.length > 0) return false;
  return html`<div class="compare">
    <p>Compare: your other screen must show</p>
    <output aria-label="Code">${bindingMessage}</output>
  </div>`;
}

function answers({ id, choices }: PhoneRequest): Html {
  const path = `/phone/requests/${id}`;
  const deny = html`<form method="post" action="${path}/deny">
    <button class="deny" id="deny-${id}">Deny</button>
  </form>`;
  if (choices.length === 0) {
    return html`<div class="answers">
      <form method="post" action="${path}/approve">
        <button class="approve" id="approve-${id}">Approve</button>
      </form>
      ${deny}
    </div>`;
  }
  return html`<form class="pick" method="post" action="${path}/pick">
      <fieldset>
        <legend>Which number does your other screen show?</legend>
        <div>
          ${choices.map((choice) => html`<button name="number" value="${choice}">${choice}</button> `)}
        </div>
      </fieldset>
    </form>
    ${deny}`;
}
