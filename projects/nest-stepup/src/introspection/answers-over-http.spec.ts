import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { RequireAcr } from 'nest-stepup';
import { introspectionTokenVerifier } from 'nest-stepup/introspection';
import { FakeAuthorizationServer } from '../spec/authorization-server.js';
import { recordLog } from '../spec/contract-harness.js';
import { Forge, MARKER } from '../spec/forge.js';
import { ANSWERS } from '../spec/recipes.introspection.js';
import { ADAPTERS, startApp, type StartedApp } from '../spec/start-app.js';
import { AUDIENCE } from '../spec/verifier-under-test.js';

const TOKEN = 'an-opaque-token';
const SECRET = 'the-secret-of-the-api';

@Controller()
class VaultController {
  @Get('vault')
  @RequireAcr('phr')
  open() {
    return ['opened'];
  }
}

describe.each(ADAPTERS)('a route on %s whose tokens are introspected', (adapter) => {
  const server = new FakeAuthorizationServer();
  let started: StartedApp;
  let log: ReturnType<typeof recordLog>;
  let now = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    await server.start();
    const verifier = introspectionTokenVerifier({
      issuer: server.issuer,
      audience: AUDIENCE,
      clientId: 'bank-api',
      clientSecret: SECRET,
    });
    const options = { verifier, now: () => now };
    started = await startApp({ adapter, controllers: [VaultController], options });
    log = recordLog();
  });
  afterAll(async () => {
    await started.close();
    await server.stop();
  });

  it.each(ANSWERS)('answers as it should: $name', async ({ make, expected }) => {
    now += 61;
    const forge = new Forge(server.issuer, AUDIENCE, now);
    server.introspection.answer = () => make(forge);
    log.length = 0;
    const answer = await started.send('/vault', TOKEN);
    const challenge = answer.headers.get('www-authenticate');
    const body = await answer.text();

    if (expected === 'unreachable') {
      expect([answer.status, answer.headers.get('retry-after'), challenge]).toEqual([
        503,
        '5',
        null,
      ]);
    } else if (expected === 'refused') {
      expect(answer.status).toBe(401);
      expect(challenge).toContain('error="invalid_token"');
    } else if ('acr' in expected && expected.acr === undefined) {
      expect(answer.status).toBe(401);
      expect(challenge).toContain('error="insufficient_user_authentication"');
    } else {
      expect([answer.status, body]).toEqual([200, '["opened"]']);
    }
    const told = [challenge, body, ...log.map(({ text }) => text)].join('\n');
    for (const secret of [TOKEN, SECRET, MARKER, 'alice']) expect(told).not.toContain(secret);

    server.introspection.answer = () => ({ active: true, token_type: 'Bearer', ...forge.claims() });
    expect((await started.send('/vault', TOKEN)).status).toBe(200);
  });
});
