import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { loadDemoConfig } from './app/demo-config';

try {
  await bootstrapApplication(App, appConfig(await loadDemoConfig()));
} catch (error) {
  const message = document.querySelector('.boot');
  if (message) message.textContent = 'Harbour Bank could not start. Reload the page to try again.';
  throw error;
}
