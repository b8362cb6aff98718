/**
 * Headers of every page that people see.
 *
 * No opener policy is set: a popup has to keep hold of the application that opened it.
 *
 * @param formTargets Origins that a form may lead to: browsers hold `form-action` against the
 * redirects that follow a form too, and signing in ends with one to the application.
 */
export function pageHeaders(formTargets: readonly string[]): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      `form-action ${["'self'", ...formTargets].join(' ')}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    // With `no-referrer` a form would be posted with `Origin: null`.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** Policy of a page that consists of one inline script; any origin may frame it. */
export function scriptOnlyPolicy(nonce: string, formTargets: readonly string[] = []): string {
  const targets = formTargets.length === 0 ? ["'none'"] : formTargets;
  return `default-src 'none'; script-src 'nonce-${nonce}'; form-action ${targets.join(' ')}; base-uri 'none'`;
}
