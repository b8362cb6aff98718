/** What a server that supports step-up may really send: five challenges, 1 KiB. */
export const ordinaryHeader: string = [
  String.raw`Negotiate oYG2MIGzoAMKAQChCwYJKoZIgvcSAQICoYGeBIGbYIGYBgkqhkiG9xIBAgICAG+BiDCBhaADAgEFoQMC`,
  String.raw`Basic realm="Example Bank: for staff, ask the \"help desk\"", charset="UTF-8"`,
  'Digest realm="staff@example.com", qop="auth, auth-int", algorithm=SHA-256, ' +
    'nonce="c2tpbGxlZCBsYWJvdXIgaXMgcmFyZQ", opaque="b3BhcXVlIGlzIGFzIG9wYXF1ZSBkb2Vz"',
  'DPoP realm="Example Bank", error="invalid_token", error_description="The access token is ' +
    'bound to a key, and the request has no proof of its possession", algs="ES256 PS256 EdDSA", ' +
    'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/accounts"',
  'Bearer realm="Example Bank", error="insufficient_user_authentication", error_description="A ' +
    'different authentication level is required: with a phishing-resistant factor, not longer ' +
    'than five minutes ago", acr_values="urn:okta:loa:2fa:any phr phrh urn:example:loa:gold", ' +
    'max_age="300", scope="openid accounts.read transfers.write", ' +
    'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/transfers"',
].join(', ');

const STEP_UP = 'Bearer error="insufficient_user_authentication"';

/** Headers of about any length that invite a reader to go back over what it has read. */
export const hostileRuns: Readonly<Record<string, (length: number) => string>> = {
  'one token': (length) => 'a'.repeat(length),
  'one token in capitals': (length) => 'A'.repeat(length),
  'spaces alone': (length) => ' '.repeat(length),
  'spaces before a fault': (length) => `Bearer${' '.repeat(length)}!`,
  'spaces before an equals sign': (length) => `Bearer a${' '.repeat(length)}="b"`,
  'spaces where an equals sign is missing': (length) => `Bearer a${' '.repeat(length)}"`,
  'tabs before an equals sign': (length) => `Bearer a${'\t'.repeat(length)}=b`,
  commas: (length) => ','.repeat(length),
  'commas and spaces': (length) => ', '.repeat(length / 2),
  'equals signs': (length) => `Bearer ${'='.repeat(length)}`,
  'a token68': (length) => `Bearer ${'a'.repeat(length)}`,
  'a token68 of padding': (length) => `Bearer a${'='.repeat(length)}`,
  'a token68, half of it padding': (length) =>
    `Bearer ${'a'.repeat(length / 2)}${'='.repeat(length / 2)}`,
  quotes: (length) => `Bearer a=${'"'.repeat(length)}`,
  'a string that is not closed': (length) => `Bearer a="${'b'.repeat(length)}`,
  'escaped quotes that are not closed': (length) =>
    `Bearer a="${String.raw`\"`.repeat(length / 2)}`,
  'backslashes that are not closed': (length) => `Bearer a="${'\\'.repeat(length)}`,
  'an escaped string': (length) => `Bearer a="${String.raw`\b`.repeat(length / 2)}"`,
  'escaped quotes': (length) => `Bearer a="${String.raw`\"`.repeat(length / 2)}"`,
  'escaped backslashes': (length) => `Bearer a="${'\\'.repeat(length)}"`,
  'an escape now and then': (length) => `Bearer a="${String.raw`abcdefg\h`.repeat(length / 9)}"`,
  'octets above 0x7F': (length) => `Bearer a="${'\u00e9'.repeat(length)}"`,
  'octets above 0x7F, escaped': (length) => `Bearer a="${'\\\u00e9'.repeat(length / 2)}"`,
  'octets above 0x7F outside quotes': (length) => `Bearer ${'\u00e9'.repeat(length)}`,
  'a character above U+00FF behind a long string': (length) =>
    `Bearer a="${'b'.repeat(length)}\u0100"`,
  'a long name': (length) => `Bearer ${'a'.repeat(length)}=b`,
  'a long name in capitals': (length) => `Bearer ${'A'.repeat(length)}=b`,
  'a long max_age': (length) => `${STEP_UP}, max_age="${'1'.repeat(length)}"`,
  'spaces for acr values': (length) => `${STEP_UP}, acr_values="${' '.repeat(length)}"`,
  'the same acr value': (length) => `${STEP_UP}, acr_values="${'a '.repeat(length / 2)}"`,
  'acr values': (length) =>
    `${STEP_UP}, acr_values="${repeat(length, (index) => `${index.toString(36)} `)}"`,
  'the same parameter': (length) => `Bearer ${'a=b, '.repeat(length / 5)}`,
  'words without commas': (length) => 'a '.repeat(length / 2),
  'words far apart': (length) => `a${' '.repeat(64)}`.repeat(length / 65),
};

/** Headers of about any length of which a reader has to make as many things as can be. */
export const hostileLists: Readonly<Record<string, (length: number) => string>> = {
  schemes: (length) => 'Bearer, '.repeat(length / 8),
  'schemes of one letter': (length) => 'a,'.repeat(length / 2),
  'schemes with a token68': (length) => 'a b,'.repeat(length / 4),
  'schemes with padding': (length) => 'a b==,'.repeat(length / 6),
  'challenges of one parameter': (length) => 'a b=c,'.repeat(length / 6),
  'challenges of an empty string': (length) => 'a b="",'.repeat(length / 7),
  'challenges behind empty elements': (length) => 'a , , ,b=c,'.repeat(length / 11),
  'challenges of every kind': (length) =>
    repeat(
      length,
      (index) => ['Bearer a=b,', 'x abc==,', ',', String.raw`Basic r="\"",`, ' '][index % 5]!,
    ),
  'challenges that are not closed': (length) => `${'Bearer a=b, '.repeat(length / 12)}"`,
  'step-up challenges of another scheme': (length) =>
    `x error="insufficient_user_authentication",`.repeat(length / 43),
  'step-up challenges without the error': (length) => 'Bearer max_age=5,'.repeat(length / 17),
  parameters: (length) => `Bearer ${repeat(length, (index) => `p${index.toString(36)}=b,`)}`,
  'parameters with strings': (length) =>
    `Bearer ${repeat(length, (index) => `p${index.toString(36)}="b",`)}`,
  'parameters with empty strings': (length) =>
    `Bearer ${repeat(length, (index) => `p${index.toString(36)}="",`)}`,
  'parameters with spaces': (length) =>
    `Bearer ${repeat(length, (index) => `p${index.toString(36)} = b , `)}`,
  'parameters that are numbers': (length) => `Bearer ${repeat(length, (index) => `${index}=b,`)}`,
  'parameters that are numbers, falling': (length) =>
    `Bearer ${repeat(length, (index) => `${99_999 - index}=b,`)}`,
  'parameters that are numbers, far apart': (length) =>
    `Bearer ${repeat(length, (index) => `${(index * 2_654_435_761) % 4_294_967_291}=b,`)}`,
  'parameters whose names differ at the end': (length) =>
    `Bearer ${repeat(length, (index) => `${index.toString(2).padStart(17, '0')}=b,`)}`,
  'parameters whose names are long': (length) =>
    `Bearer ${repeat(length, (index) => `${'n'.repeat(1000)}${index}=b,`)}`,
  'parameters with names like inherited ones': (length) =>
    `Bearer ${repeat(length, (index) => `__proto__${index}=b,`)}`,
};

function repeat(length: number, part: (index: number) => string): string {
  const parts: string[] = [];
  for (let total = 0; total < length; total += parts.at(-1)!.length) parts.push(part(parts.length));
  return parts.join('');
}
