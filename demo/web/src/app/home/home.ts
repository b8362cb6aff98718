import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { AuthenticationRequirement } from 'angular-stepup';
import { DEMO_CONFIG } from '../demo-config';
import { PhoneSignIn } from '../session/phone-sign-in';
import { Session } from '../session/session';
import { Standing } from '../step-up/standing';
import { requirementInWords } from '../step-up/words';

interface Place {
  readonly name: string;
  readonly path: string;
  readonly text: string;
  /** Who asks for it: a route of this app, or the API. */
  readonly asks: string;
  readonly requirement?: AuthenticationRequirement;
}

const TWO_FACTORS: AuthenticationRequirement = { acrValues: ['urn:okta:loa:2fa:any'] };

const PLACES: readonly Place[] = [
  {
    name: 'Accounts',
    path: '/accounts',
    text: 'Balances, cards and statements at a glance.',
    asks: 'Being signed in is enough.',
  },
  {
    name: 'Profile',
    path: '/profile',
    text: 'Your personal details.',
    asks: 'The route asks before it opens.',
    requirement: TWO_FACTORS,
  },
  {
    name: 'Messages',
    path: '/messages',
    text: 'Letters from the bank.',
    asks: 'The API answers with a challenge.',
    requirement: TWO_FACTORS,
  },
  {
    name: 'Transfer up to €1,000',
    path: '/transfer',
    text: 'Money to someone else.',
    asks: 'The API looks at the amount.',
    requirement: TWO_FACTORS,
  },
  {
    name: 'Transfer above €1,000',
    path: '/transfer',
    text: 'More money to someone else.',
    asks: 'The API looks at the amount.',
    requirement: { acrValues: ['phr'], maxAge: 300 },
  },
  {
    name: 'Freeze a card',
    path: '/accounts',
    text: 'No matter how you signed in, but it must have been just now.',
    asks: 'The API looks at the time.',
    requirement: { maxAge: 60 },
  },
];

/** The way in, and for those who are in, what each page asks of them. */
@Component({
  selector: 'app-home',
  imports: [RouterLink],
  templateUrl: './home.html',
  styleUrl: './home.css',
})
export class Home {
  protected readonly config = inject(DEMO_CONFIG);
  protected readonly phoneSignIn = inject(PhoneSignIn);
  protected readonly session = inject(Session);
  private readonly standing = inject(Standing);

  protected readonly places = computed(() =>
    PLACES.map((place) => ({
      ...place,
      demand: place.requirement ? requirementInWords(place.requirement) : 'one factor',
      isOpen: this.standing.satisfies(place.requirement),
    })),
  );
}
