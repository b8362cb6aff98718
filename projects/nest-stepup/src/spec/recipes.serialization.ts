import { deflateRawSync } from 'node:zlib';
import { base64url, type Forge } from './forge.js';
import { each, refused, type Recipe } from './recipe.js';

/**
 * The right claims in another form: as JSON, encrypted, compressed, within each other, and in
 * base64url as others write it. All that can be signed is signed as it should be.
 */

const encode = (value: unknown) => base64url(JSON.stringify(value));

function segmentsOf(forge: Forge) {
  const [header = '', payload = '', signature = ''] = forge.token().split('.');
  return { header, payload, signature };
}

/** RFC 7515 §7.2; the last ones mix both forms, as CVE-2022-39227 does. */
const JSON_FORMS: readonly ((forge: Forge) => string)[] = [
  (forge) => {
    const { header, payload, signature } = segmentsOf(forge);
    return JSON.stringify({ payload, protected: header, signature });
  },
  (forge) => {
    const { header, payload, signature } = segmentsOf(forge);
    return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
  },
  (forge) => {
    const { payload, signature } = segmentsOf(forge);
    return JSON.stringify({ payload, header: forge.header(), signature });
  },
  (forge) => {
    const { header, payload, signature } = segmentsOf(forge);
    const forged = encode(forge.claims({ sub: 'mallory' }));
    return `{"  ${header}.${forged}.":"","protected":"${header}","payload":"${payload}","signature":"${signature}"}`;
  },
  (forge) => {
    const { header, payload, signature } = segmentsOf(forge);
    const forged = encode(forge.claims({ sub: 'mallory' }));
    return `${header}.${forged}.${encode({ protected: header, payload, signature })}`;
  },
];

/** RFC 7516. The iterations and the compression are those of CVE-2023-50967 and CVE-2024-28176. */
const JWE_HEADERS: readonly object[] = [
  ...['RSA-OAEP', 'RSA-OAEP-256', 'RSA1_5', 'dir', 'RS256', 'none'].map((alg) => ({ alg })),
  { alg: 'PBES2-HS256+A128KW', p2c: 2_147_483_647, p2s: 'AAAAAAAAAAA' },
  { alg: 'ECDH-ES', epk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } },
  { alg: 'dir', zip: 'DEF' },
].map((header) => ({ enc: 'A256GCM', kid: 'k1', typ: 'at+jwt', ...header }));

/** A token in a token. */
const NESTED: readonly ((forge: Forge) => string | object)[] = [
  (forge) => forge.token(),
  (forge) => JSON.stringify(forge.token()),
  (forge) => ({ jwt: forge.token() }),
  (forge) => ({ ...segmentsOf(forge) }),
  (forge) => [forge.claims()],
  (forge) => ({ claims: forge.claims() }),
  (forge) => ({ payload: forge.claims(), complete: true }),
];

/** Other ways to write the bytes of a segment. */
const SPELLINGS: readonly ((segment: string) => string)[] = [
  (segment) => Buffer.from(segment, 'base64url').toString('base64'),
  (segment) => `${segment}=`,
  (segment) => `${segment}==`,
  (segment) => `${segment}A`,
  (segment) => `${segment}AAAA`,
  (segment) => `A${segment}`,
  (segment) => `=${segment}`,
  (segment) => `${segment.slice(0, 8)}=${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)}+${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)}~${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)}%0A${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)} ${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)}\r\n${segment.slice(8)}`,
  (segment) => `${segment.slice(0, 8)}\u00E9${segment.slice(8)}`,
  (segment) => base64url(segment),
  (segment) => Buffer.from(segment, 'base64url').toString('hex'),
  (segment) => Buffer.from(segment, 'base64url').toString('utf8'),
  (segment) => encodeURIComponent(Buffer.from(segment, 'base64url').toString('base64')),
];

/** Texts whose base64 has characters of which base64url has others. */
const LOOKS = { look: '???>>>~~~\u00FF' };

/** With stray bits in its last character. A segment of whole groups has none, so it gets a space. */
function stray(json: string): string {
  const segment = base64url(json);
  if (segment.length % 4 === 0) return stray(`${json} `);
  const last = segment.at(-1) ?? '';
  const next = String.fromCodePoint((last.codePointAt(0) ?? 0) + 1);
  return segment.slice(0, -1) + next;
}

export const SERIALIZATION: readonly Recipe[] = [
  ...refused(
    'as JSON',
    each(JSON_FORMS, (from, forge) => from(forge)),
  ),
  ...refused(
    'as JSON in base64url',
    each(JSON_FORMS, (from, forge) => base64url(from(forge))),
  ),
  ...refused(
    'as JSON in base64url, between dots',
    each(JSON_FORMS, (from, forge) => `.${base64url(from(forge))}.`),
  ),
  ...refused(
    'encrypted',
    each(JWE_HEADERS, (header) => `${encode(header)}.AAAA.AAAA.AAAA.AAAA`),
  ),
  ...refused(
    'encrypted, with no key and no text',
    each(JWE_HEADERS, (header) => `${encode(header)}....`),
  ),
  ...refused(
    'encrypted, cut to three segments',
    each(JWE_HEADERS, (header) => `${encode(header)}.AAAA.AAAA`),
  ),
  ...refused(
    'encrypted by its header, with claims that can be read',
    each(JWE_HEADERS, (header, forge) => ({
      headerText: JSON.stringify({ ...forge.header(), ...header }),
      signature: 'AAAA',
    })),
  ),
  ...refused(
    'a token in a token',
    each(NESTED, (from, forge) => {
      const made = from(forge);
      const claimsText = typeof made === 'string' ? made : JSON.stringify(made);
      return { header: { cty: 'JWT' }, claimsText };
    }),
  ),
  ...refused('compressed', {
    'as its header says': (forge) => ({
      header: { zip: 'DEF' },
      claimsText: deflateRawSync(JSON.stringify(forge.claims())),
    }),
    'without saying so': (forge) => ({
      claimsText: deflateRawSync(JSON.stringify(forge.claims())),
    }),
    'to a thousandth': (forge) => ({
      header: { zip: 'DEF' },
      claimsText: deflateRawSync(JSON.stringify(forge.claims({ x: 'x'.repeat(1_000_000) }))),
    }),
  }),
  ...refused('claims that are not encoded, as RFC 7797 allows', {
    'said so': (forge) =>
      forge.sign(
        encode(forge.header({ b64: false, crit: ['b64'] })),
        JSON.stringify(forge.claims()),
      ),
    'said so, in characters of base64url': (forge) =>
      forge.sign(encode(forge.header({ b64: false, crit: ['b64'] })), encode(forge.claims())),
    'not said': (forge) => forge.sign(encode(forge.header()), JSON.stringify(forge.claims())),
  }),
  ...refused(
    'header spelled otherwise, and signed so',
    each(SPELLINGS, (spell, forge) =>
      forge.sign(spell(encode(forge.header(LOOKS))), encode(forge.claims())),
    ),
  ),
  ...refused(
    'claims spelled otherwise, and signed so',
    each(SPELLINGS, (spell, forge) =>
      forge.sign(encode(forge.header()), spell(encode(forge.claims(LOOKS)))),
    ),
  ),
  ...refused('stray bits in the last character, and signed so', {
    header: (forge) => forge.sign(stray(JSON.stringify(forge.header())), encode(forge.claims())),
    claims: (forge) => forge.sign(encode(forge.header()), stray(JSON.stringify(forge.claims()))),
  }),
];
