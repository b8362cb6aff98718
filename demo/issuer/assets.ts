import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AUTHENTICATOR_SCRIPT, PASSKEY_SCRIPT } from './pages/browser-scripts.js';
import { PHONE_SCRIPT } from './pages/phone-script.js';
import { STYLESHEET } from './pages/stylesheet.js';

/** A file that pages refer to. */
export interface Asset {
  readonly type: string;
  readonly content: string;
}

const SCRIPT_TYPE = 'text/javascript; charset=utf-8';

/** Every file below `/assets/`, by its path. */
export function loadAssets(): ReadonlyMap<string, Asset> {
  return new Map([
    ['/assets/style.css', { type: 'text/css; charset=utf-8', content: STYLESHEET }],
    ['/assets/passkey.js', { type: SCRIPT_TYPE, content: PASSKEY_SCRIPT }],
    ['/assets/authenticator.js', { type: SCRIPT_TYPE, content: AUTHENTICATOR_SCRIPT }],
    ['/assets/phone.js', { type: SCRIPT_TYPE, content: PHONE_SCRIPT }],
    ['/assets/simplewebauthn-browser.js', { type: SCRIPT_TYPE, content: webAuthnLibrary() }],
  ]);
}

/** The package's own build for `<script>`: its export map does not name it, so it is found by place. */
function webAuthnLibrary(): string {
  const entry = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  const path = join(dirname(entry), '..', 'dist', 'bundle', 'index.umd.min.js');
  return readFileSync(path, 'utf8');
}
