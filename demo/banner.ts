import type { DemoAccount, DemoConfig } from './demo.config.js';

/** What the terminal shows once the demo is up: where to go, and who one can be. */
export function banner(config: DemoConfig): string {
  const addresses = [
    ['Open', config.webOrigin],
    ['API', config.apiUrl],
    ['Issuer', config.oktaOrg ? `${config.issuer} (Okta org)` : config.issuer],
    ...(config.oktaOrg ? [] : [['Authenticator app', `${config.issuerOrigin}/authenticator`]]),
  ];
  return [
    '',
    '  Harbour Bank, the step-up demo, is up',
    '',
    ...addresses.map(([label = '', address]) => `    ${label.padEnd(20)}${address}`),
    ...(config.accounts.length > 0 ? ['', ...accountTable(config.accounts)] : []),
    '',
    '  Ctrl+C ends it.',
    '',
  ].join('\n');
}

function accountTable(accounts: readonly DemoAccount[]): readonly string[] {
  const rows = [
    ['Account', 'Password', 'Who'],
    ...accounts.map(({ id, password, name, description }) => [
      id,
      password,
      `${name} ${description}`,
    ]),
  ];
  return rows.map(
    ([id = '', password = '', who = '']) => `    ${id.padEnd(10)}${password.padEnd(18)}${who}`,
  );
}
