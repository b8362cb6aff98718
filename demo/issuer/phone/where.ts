const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'an iPhone'],
  [/\biPad\b/, 'an iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Says which browser a `User-Agent` header is of, as far as people can use that: “Chrome on Windows”. */
export function browserInWords(userAgent: string | undefined): string {
  const browser = nameIn(BROWSERS, userAgent);
  const system = nameIn(SYSTEMS, userAgent);
  if (browser === undefined && system === undefined) return 'an unknown browser';
  return `${browser ?? 'a browser'}${system === undefined ? '' : ` on ${system}`}`;
}

/** Says where an IP address is, as far as it tells by itself. */
export function addressInWords(ipAddress: string | undefined): string {
  if (ipAddress === undefined) return 'not known';
  const address = ipAddress.replace(/^::ffff:(?=\d+\.)/, '');
  return address === '::1' || address.startsWith('127.') ? `${address} (this computer)` : address;
}

function nameIn(
  names: readonly (readonly [RegExp, string])[],
  text: string | undefined,
): string | undefined {
  return text === undefined ? undefined : names.find(([pattern]) => pattern.test(text))?.[1];
}
