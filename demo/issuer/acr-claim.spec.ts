import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RelyingParty } from './testing/relying-party.js';

const ONE = 'urn:okta:loa:1fa:any';
const TWO = 'urn:okta:loa:2fa:any';

describe('shapeAcrClaim() in okta mode', () => {
  let rp: RelyingParty;

  beforeAll(async () => {
    rp = await RelyingParty.start({ acrMode: 'okta' });
  });

  afterAll(() => rp.issuer.close());

  it('echoes the requested value that was chosen', async () => {
    const browser = rp.browser();
    await rp.signIn(browser, 'alice', { acr_values: TWO });
    const { access, id } = await rp.redeem(await rp.authorize(browser, { acr_values: ONE }));
    expect([access.acr, id.acr]).toEqual([ONE, ONE]);
  });

  it('leaves the claim out when nothing is requested', async () => {
    const visit = await rp.signIn(rp.browser(), 'alice');
    const { access, id } = await rp.redeem(visit);
    expect(access).not.toHaveProperty('acr');
    expect(id).not.toHaveProperty('acr');
  });

  it('says what was granted when that is less than was requested', async () => {
    const visit = await rp.signIn(rp.browser(), 'carol', { acr_values: TWO });
    expect((await rp.redeem(visit)).id.acr).toBe(ONE);
  });
});

describe('shapeAcrClaim() in session mode', () => {
  let rp: RelyingParty;

  beforeAll(async () => {
    rp = await RelyingParty.start({ acrMode: 'session' });
  });

  afterAll(() => rp.issuer.close());

  it.each([{}, { acr_values: ONE }])('says what the session is worth with %j', async (params) => {
    const browser = rp.browser();
    await rp.signIn(browser, 'alice', { acr_values: TWO });
    const { access, id } = await rp.redeem(await rp.authorize(browser, params));
    expect([access.acr, id.acr]).toEqual([TWO, TWO]);
  });
});
