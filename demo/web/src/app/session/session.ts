import { Injector, Service, computed, inject } from '@angular/core';
import { Router } from '@angular/router';
import { StepUp } from 'angular-stepup';
import { CibaSession } from 'angular-stepup/ciba';
import { DEMO_CONFIG } from '../demo-config';
import { Notices } from '../notice/notices';
import { OKTA_AUTH } from './okta-auth';

/** Who is signed in, as the ID token says, and the way in and out. */
@Service()
export class Session {
  private readonly okta = inject(OKTA_AUTH);
  private readonly router = inject(Router);
  private readonly notices = inject(Notices);
  private readonly stepUp = inject(StepUp);
  private readonly config = inject(DEMO_CONFIG);
  private readonly injector = inject(Injector);

  readonly isSignedIn = computed(() => this.stepUp.authentication() !== undefined);

  /** What to call the person; `undefined` when nobody is signed in. */
  readonly name = computed(() => {
    const authentication = this.stepUp.authentication();
    const name = authentication?.claims?.['name'];
    return typeof name === 'string' ? name : authentication?.subject;
  });

  /**
   * Leaves the page to sign in.
   *
   * @param returnUrl Router URL to come back to. @default the current one
   */
  async signIn(returnUrl = this.router.url): Promise<void> {
    try {
      await this.okta.signInWithRedirect({ originalUri: returnUrl });
    } catch {
      this.tellUnreachable();
    }
  }

  /** Signs out of both ways in: who came by phone may have stepped up at Okta, and the other way round. */
  async signOut(): Promise<void> {
    if (this.config.phoneUrl !== undefined) this.injector.get(CibaSession).signOut();
    try {
      const { idToken } = await this.okta.tokenManager.getTokens();
      if (idToken) await this.okta.signOut();
      else await this.router.navigateByUrl('/');
    } catch {
      this.tellUnreachable();
    }
  }

  // The SDK's errors are written for developers, and it has logged them.
  private tellUnreachable(): void {
    this.notices.tell(
      'problem',
      'The sign-in service cannot be reached',
      'Nothing was changed. Try again in a moment.',
    );
  }
}
