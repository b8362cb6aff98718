import { InjectionToken } from '@angular/core';

/** Loads the library that makes QR codes, when there is one to show; `undefined` without it. */
export const QR_ENCODER_LOADER = new InjectionToken('QR_ENCODER_LOADER', {
  providedIn: 'root',
  factory: () => () =>
    import('qrcode').then(
      // A bundler's chunk of a CommonJS library has no other export.
      ({ default: encoder }) => encoder,
      // With the rejection handled right here, bundlers let an app go without the library.
      () => undefined,
    ),
});

const explained = new WeakSet();

/** Says once for each page why there is no picture: for development builds. */
export function explainMissingEncoder(loader: object): void {
  if (explained.has(loader)) return;
  explained.add(loader);
  console.warn(
    "The QR code is shown as text, as 'qrcode' is not installed or cannot be loaded: npm install qrcode",
  );
}
