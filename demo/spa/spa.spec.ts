import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDemoConfig, webConfigOf } from '../demo.config.js';
import type { RunningServer } from '../running-server.js';
import { startSpa } from './index.js';

const CONFIG = webConfigOf(readDemoConfig({}));
let root: string;
let server: RunningServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'spa-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Harbour Bank</title>');
  await writeFile(join(root, 'main-ABCDEF12.js'), 'export {};');
  server = await startSpa({ port: 0, root, config: CONFIG });
});

afterAll(async () => {
  await server.close();
  await rm(root, { recursive: true });
});

describe('startSpa()', () => {
  it.each(['/', '/messages', '/login/callback?code=a.b&state=c'])(
    'answers %s with the document of the app, not to be cached',
    async (path) => {
      const response = await fetch(server.url + path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('<title>Harbour Bank</title>');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('tells the app its configuration', async () => {
    const response = await fetch(`${server.url}/demo.config.json`);
    expect(await response.json()).toEqual({
      apiUrl: 'http://localhost:4201',
      issuer: 'http://localhost:4202/oauth2/default',
      issuerOrigin: 'http://localhost:4202',
      clientId: 'spa',
      oktaOrg: false,
      phoneUrl: 'http://localhost:4202/phone',
      scopes: ['openid', 'profile', 'email', 'offline_access'],
    });
  });

  it('lets files that are named after their content be cached for good', async () => {
    const { headers } = await fetch(`${server.url}/main-ABCDEF12.js`);
    expect(headers.get('cache-control')).toContain('immutable');
  });

  it('answers 404 for a file that is not there', async () => {
    expect((await fetch(`${server.url}/main-00000000.js`)).status).toBe(404);
  });

  it('lets the page talk to the API and the issuer, and to nobody else', async () => {
    const policy = (await fetch(server.url)).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' http://localhost:4201 http://localhost:4202;");
    expect(policy).toContain("default-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('does not start without the built app', async () => {
    await expect(
      startSpa({ port: 0, root: join(root, 'nowhere'), config: CONFIG }),
    ).rejects.toThrow('Cannot serve the web app as it is not built');
  });
});
