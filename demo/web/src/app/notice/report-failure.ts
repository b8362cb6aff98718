import { effect, inject, type Resource } from '@angular/core';
import { Notices } from './notices';

/**
 * Tells in the message area when a resource fails to load. To be called where `inject()` may be.
 *
 * @param retry What “Try again” does.
 */
export function reportFailure(resource: Resource<unknown>, retry: () => void): void {
  const notices = inject(Notices);
  effect(() => {
    // Not by its error alone: that stays while the resource is loaded again.
    if (resource.status() === 'error') notices.show(resource.error(), retry);
  });
}
