import { Component, inject } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { ActivityPanel } from './activity/activity-panel';
import { ActivityRecorder } from './activity/activity-recorder';
import { PhoneRecorder } from './activity/phone-recorder';
import { NoticeArea } from './notice/notice-area';
import { Session } from './session/session';
import { InteractionSwitch } from './step-up/interaction-switch';

/** The frame around every page: header, message area, page, and the panel beside it. */
@Component({
  selector: 'app-root',
  imports: [
    ActivityPanel,
    InteractionSwitch,
    NoticeArea,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
  ],
  templateUrl: './app.html',
  styleUrl: './app.css',
})
export class App {
  protected readonly session = inject(Session);
  protected readonly places = [
    ['Overview', '/'],
    ['Accounts', '/accounts'],
    ['Messages', '/messages'],
    ['Transfer', '/transfer'],
    ['Profile', '/profile'],
  ] as const;

  constructor() {
    inject(ActivityRecorder);
    inject(PhoneRecorder);
  }

  /** A link to `#main` would lead to the base URL, and so to another page. */
  protected skipTo(main: HTMLElement, event: Event): void {
    event.preventDefault();
    main.focus();
  }
}
