import type { DemoConfig } from './demo.config.js';

type Ports = Pick<DemoConfig, 'webPort' | 'apiPort' | 'issuerPort'>;

/**
 * Puts why the demo did not start into one line.
 *
 * @param ports The ports that were asked for; absent when the settings themselves could not be read.
 */
export function startFailure(error: unknown, ports?: Ports): string {
  if (!(error instanceof Error)) return 'Cannot start the demo';
  if (ports && isPortInUse(error)) {
    const { port } = error;
    return `Cannot start the demo as port ${port} is in use: set ${settingOf(port, ports)} to a free port`;
  }
  return error instanceof RangeError ? error.message : `Cannot start the demo: ${error.message}`;
}

function isPortInUse(error: Error): error is Error & { readonly port: number } {
  if (!('code' in error) || !('port' in error)) return false;
  return error.code === 'EADDRINUSE' && typeof error.port === 'number';
}

function settingOf(port: number, { apiPort, issuerPort }: Ports): string {
  if (port === apiPort) return 'DEMO_API_PORT';
  return port === issuerPort ? 'DEMO_ISSUER_PORT' : 'DEMO_WEB_PORT';
}
