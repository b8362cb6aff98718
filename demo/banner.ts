import type { DemoAccount, DemoConfig } from './demo.config.js';

/** What the terminal shows once the demo is up: where to go, and who one can be. */
export function banner(config: DemoConfig): string {
  const addresses = [
    ['Open', config.webOrigin],
    ['API', `${config.apiUrl}${instancesOf(config)}`],
    ['Issuer', config.oktaOrg ? `${config.issuer} (Okta org)` : config.issuer],
    ...(config.oktaOrg ? [] : [['Authenticator app', `${config.issuerOrigin}/authenticator`]]),
    ...(config.ciba ? [['Phone', config.ciba.phoneUrl]] : []),
  ];
  return [
    '',
    '  Harbour Bank, the step-up demo, is up',
    '',
    ...addresses.map(([label = '', address]) => `    ${label.padEnd(20)}${address}`),
    ...(config.accounts.length > 0 ? ['', ...accountTable(config.accounts)] : []),
    ...(config.ciba?.apiInstances === 1 ? ['', ...HOW_TO_HAVE_SEVERAL] : []),
    '',
    '  Ctrl+C ends it.',
    '',
  ].join('\n');
}

const HOW_TO_HAVE_SEVERAL = [
  '    Two instances of the API, with a Redis that they share:',
  '    DEMO_API_INSTANCES=2 REDIS_URL=redis://127.0.0.1:6379 npm start',
];

/** How many processes serve the API, and where they keep what waits for a phone. */
function instancesOf({ ciba }: DemoConfig): string {
  if (ciba?.redisUrl === undefined) return '';
  const { host } = new URL(ciba.redisUrl);
  return ciba.apiInstances === 1
    ? ` (Redis at ${host})`
    : ` (${ciba.apiInstances} instances, Redis at ${host})`;
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
