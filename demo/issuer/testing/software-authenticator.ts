import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED_CREDENTIAL = 0x40;

/** A passkey without a device: answers creation and use as a browser would. */
export class SoftwareAuthenticator {
  readonly #origin: string;
  readonly #verifiesUser: boolean;
  readonly #id = randomBytes(16);
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  #counter = 0;

  constructor(origin: string, { verifiesUser = true }: { verifiesUser?: boolean } = {}) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#origin = origin;
    this.#verifiesUser = verifiesUser;
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  /** The answer to a creation, as the JSON that a page posts. */
  create({ challenge }: { readonly challenge: string }): string {
    const authenticatorData = this.#authenticatorData(this.#attestedCredential());
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', challenge),
      attestationObject: Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
        Buffer.from([0x58, authenticatorData.length]),
        authenticatorData,
      ]),
    });
  }

  /** The answer to a use, as the JSON that a page posts. */
  use({ challenge }: { readonly challenge: string }): string {
    const authenticatorData = this.#authenticatorData();
    const clientDataJSON = this.#clientData('webauthn.get', challenge);
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)]);
    return this.#answer({
      clientDataJSON,
      authenticatorData,
      signature: sign('sha256', signed, this.#privateKey),
    });
  }

  #answer(parts: Readonly<Record<string, Buffer>>): string {
    const id = this.#id.toString('base64url');
    const response = Object.fromEntries(
      Object.entries(parts).map(([name, bytes]) => [name, bytes.toString('base64url')]),
    );
    return JSON.stringify({
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response,
    });
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin }));
  }

  #authenticatorData(attestedCredential: Buffer = Buffer.alloc(0)): Buffer {
    this.#counter += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    const flags =
      USER_PRESENT |
      (this.#verifiesUser ? USER_VERIFIED : 0) |
      (attestedCredential.length > 0 ? ATTESTED_CREDENTIAL : 0);
    const rpIdHash = sha256(Buffer.from(new URL(this.#origin).hostname));
    return Buffer.concat([rpIdHash, Buffer.from([flags]), counter, attestedCredential]);
  }

  /** AAGUID, length, id, and the key as a COSE map: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
  #attestedCredential(): Buffer {
    const { x = '', y = '' } = this.#publicKey.export({ format: 'jwk' });
    return Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([0, this.#id.length]),
      this.#id,
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
