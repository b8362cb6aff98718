import type { Page } from '@playwright/test';

/** A credential as Chromium's virtual authenticator hands it out and takes it back. */
interface Credential {
  readonly credentialId: string;
  readonly isResidentCredential: boolean;
  readonly privateKey: string;
  readonly signCount: number;
}

/**
 * A device that keeps its owner's passkeys.
 *
 * Chromium gives each window an authenticator of its own, so the passkeys are carried from one
 * window to the next.
 */
export class PasskeyDevice {
  private readonly credentials = new Map<string, Credential>();

  /** Does what makes a page use the device, in a window that has just opened a passkey page. */
  async use(window: Page, action: () => Promise<void>): Promise<void> {
    const session = await window.context().newCDPSession(window);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    for (const credential of this.credentials.values()) {
      await session.send('WebAuthn.addCredential', { authenticatorId, credential });
    }
    // As they are made and used, and not afterwards: a popup closes by itself when it is done.
    const keep = ({ credential }: { readonly credential: Credential }): void => {
      this.credentials.set(credential.credentialId, credential);
    };
    session.on('WebAuthn.credentialAdded', keep);
    session.on('WebAuthn.credentialAsserted', keep);
    await action();
    try {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      await session.detach();
    } catch {
      // A popup closes by itself, at any moment, and takes its authenticator along.
      if (!window.isClosed()) await window.waitForEvent('close');
    }
  }
}
