import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { Component, inject, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideRouter, RouterOutlet } from '@angular/router';
import { stepUpInterceptor } from 'angular-stepup';
import { providers, routes } from './entry';

@Component({ selector: 'app-root', imports: [RouterOutlet], template: '<router-outlet />' })
class App {}

@Component({ selector: 'app-transfers', template: '<output>{{ outcome() }}</output>' })
class Transfers {
  protected readonly outcome = signal('waiting');

  constructor() {
    inject(HttpClient)
      .get<{ acr: string }>('/api/transfers')
      .subscribe({
        next: ({ acr }) => this.outcome.set(`answered with ${acr}`),
        error: (error: unknown) => this.outcome.set(`failed: ${String(error)}`),
      });
  }
}

void bootstrapApplication(App, {
  providers: [
    provideZonelessChangeDetection(),
    provideRouter([{ path: '', component: Transfers }, ...routes]),
    provideHttpClient(withInterceptors([stepUpInterceptor])),
    providers,
  ],
});
