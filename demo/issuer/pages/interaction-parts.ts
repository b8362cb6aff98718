import { ACR, type DemoAccount } from '../../demo.config.js';
import { html, type Html } from './html.js';

/** What all pages of one interaction need to know. */
export interface InteractionView {
  /** Path of the interaction, to which forms are posted. */
  readonly path: string;
  readonly clientName: string;
  /** The `acr` that is worked towards; `undefined` when none was requested. */
  readonly acr: string | undefined;
  /** Whether somebody who is already signed in has to authenticate again. */
  readonly again: boolean;
  /** Longest acceptable time since the last authentication, in seconds, where one is asked. */
  readonly maxAge: number | undefined;
  readonly account: DemoAccount | undefined;
  readonly problem: string | undefined;
}

/** Who asks, for what, and why. */
export function demand({ clientName, acr, again, maxAge }: InteractionView): Html {
  const strength = strengthOf(acr);
  if (again) {
    const how = strength && html` with ${strength}`;
    const why =
      maxAge === undefined
        ? 'to be sure that it is still you'
        : `as this needs a sign-in that is not older than ${span(maxAge)}`;
    return paragraph(html`<strong>${clientName}</strong> asks you to sign in again${how}, ${why}.`);
  }
  return strength
    ? paragraph(
        html`To go on, <strong>${clientName}</strong> asks you to sign in with ${strength}.`,
      )
    : paragraph(html`Continue to <strong>${clientName}</strong>.`);
}

/** Who is signing in, and the way to be somebody else. */
export function whoIsSigningIn({ path, account }: InteractionView): Html {
  if (!account) return html``;
  return html`<form class="who" method="post" action="${path}/another-account">
    <span class="initials" aria-hidden="true">${initialsOf(account)}</span>
    <span>${account.name}<small>${account.id}</small></span>
    <button class="link">Use another account</button>
  </form>`;
}

/** The ways to leave without doing what is asked. */
export function waysOut({ path }: InteractionView, canBeUnable: 'canBeUnable' | 'no'): Html {
  const unable = html`<form method="post" action="${path}/unable">
    <button class="link">I cannot do this</button>
  </form>`;
  return html`<div class="ways-out">
    <form method="post" action="${path}/cancel"><button class="link">Cancel</button></form>
    ${canBeUnable === 'canBeUnable' && unable}
  </div>`;
}

function paragraph(text: Html): Html {
  return html`<p class="demand">${text}</p>`;
}

/** Says what an `acr` value asks of a person; `undefined` where that is no more than signing in. */
export function strengthOf(acr: string | undefined): string | undefined {
  if (acr === ACR.phishingResistant) return 'a passkey';
  return acr === ACR.twoFactors ? 'two factors' : undefined;
}

/** Says how long a number of seconds is. */
export function span(seconds: number): string {
  if (seconds === 0) return 'this moment';
  if (seconds === 1) return 'a second';
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200
    ? `${Math.floor(seconds / 60)} minutes`
    : `${Math.floor(seconds / 3600)} hours`;
}

function initialsOf({ name }: DemoAccount): string {
  return name
    .split(' ')
    .map((word) => word.charAt(0))
    .join('');
}
