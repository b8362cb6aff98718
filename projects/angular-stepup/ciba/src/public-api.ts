// Providing
export { withCiba } from './with-ciba';
export type { CibaOptions } from './ciba-options';

// Signing in and out
export { CibaSession } from './ciba-session';
export { QrSignIn } from './qr-sign-in';
