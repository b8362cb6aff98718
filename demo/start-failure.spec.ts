import { startFailure } from './start-failure.js';

const PORTS = { webPort: 4200, apiPort: 4201, issuerPort: 4202 };

describe('startFailure()', () => {
  it.each([
    [4200, 'DEMO_WEB_PORT'],
    [4201, 'DEMO_API_PORT'],
    [4202, 'DEMO_ISSUER_PORT'],
  ])('names the setting that moves port %i', (port, setting) => {
    const error = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port });
    expect(startFailure(error, PORTS)).toBe(
      `Cannot start the demo as port ${port} is in use: set ${setting} to a free port`,
    );
  });

  it('passes on what a wrong setting says', () => {
    expect(startFailure(new RangeError('Cannot start the demo as DEMO_WEB_PORT is 0'))).toBe(
      'Cannot start the demo as DEMO_WEB_PORT is 0',
    );
  });
});
