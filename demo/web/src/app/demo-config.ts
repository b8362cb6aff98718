import { InjectionToken } from '@angular/core';

/** What the server of these pages tells them before they start: see `demo/demo.config.ts`. */
export interface DemoConfig {
  /** Base URL of the API, without a slash at the end. */
  readonly apiUrl: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Whether an Okta org is the issuer, rather than the one of the demo. */
  readonly oktaOrg: boolean;
  readonly scopes: readonly string[];
  /** The page that stands in for a phone; absent where nobody can be asked on one. */
  readonly phoneUrl?: string;
}

export const DEMO_CONFIG = new InjectionToken<DemoConfig>('DEMO_CONFIG');

/** Fetches the configuration: the same build runs against any issuer. */
export async function loadDemoConfig(): Promise<DemoConfig> {
  const response = await fetch('/demo.config.json');
  if (!response.ok) {
    throw new Error(
      `Cannot start as the configuration was refused: current value is ${response.status}`,
    );
  }
  const config: DemoConfig = await response.json();
  return config;
}
