import { DatePipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { StepUp } from 'angular-stepup';
import { acrInWords } from '../step-up/words';

/** Personal details, from the ID token. Its route asks for two factors before it opens. */
@Component({
  selector: 'app-profile',
  imports: [DatePipe],
  templateUrl: './profile.html',
  styleUrl: './profile.css',
})
export class Profile {
  private readonly stepUp = inject(StepUp);

  protected readonly details = computed(() => {
    const claims = this.stepUp.authentication()?.claims ?? {};
    const details: readonly (readonly [string, unknown])[] = [
      ['Name', claims['name']],
      ['User name', claims['preferred_username'] ?? claims['sub']],
      ['Email', claims['email']],
    ];
    return details.filter((row): row is readonly [string, string] => typeof row[1] === 'string');
  });

  protected readonly strength = computed(() => {
    const acr = this.stepUp.authentication()?.acr;
    const [first] = typeof acr === 'string' ? [acr] : (acr ?? []);
    return first === undefined ? undefined : acrInWords(first);
  });

  protected readonly authTime = computed(() => this.stepUp.authentication()?.authTime);
}
