import { html, trustedHtml, type Html } from './html.js';

/** The name under which people know the authorization server. */
export const ISSUER_NAME = 'Harbour ID';

const MARK = trustedHtml(
  '<svg viewBox="0 0 32 32" width="30" height="30" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" aria-hidden="true">' +
    '<circle cx="16" cy="7" r="3.2"/><path d="M16 10.2V28M10 15h12M4.5 19.5C5 25 10 28 16 28s11-3 11.5-8.5"/></svg>',
);

interface PageOptions {
  readonly title: string;
  readonly main: Html;
  /** Paths of scripts of this origin, run in this order after the page is there. */
  readonly scripts?: readonly string[];
}

/** A whole page. */
export function page({ title, main, scripts = [] }: PageOptions): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – ${ISSUER_NAME}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/assets/style.css" />
        ${scripts.map((src) => html`<script src="${src}" defer></script> `)}
      </head>
      <body>
        <header class="brand">${MARK}<span>${ISSUER_NAME}</span></header>
        <main>${main}</main>
        <footer>
          A demonstration: every name here is invented, and all is forgotten when it stops.
        </footer>
      </body>
    </html> `;
}

/** A page that only says something. */
export function messagePage(title: string, text: Html): Html {
  return page({
    title,
    main: html`<h1>${title}</h1>
      ${text}`,
  });
}

/** Says that the last try did not succeed. */
export function problemNotice(problem: string | undefined): Html {
  return problem === undefined
    ? html``
    : html`<div class="notice bad" role="alert" id="problem">${problem}</div>`;
}
