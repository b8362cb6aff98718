import type { DemoConfig } from '../demo-config';
import { interactionsFor, storedInteraction, storeInteraction } from './interaction';

const WITH_PHONE: DemoConfig = {
  apiUrl: 'http://localhost:4201',
  issuer: 'http://localhost:4202/oauth2/default',
  clientId: 'spa',
  oktaOrg: false,
  scopes: ['openid'],
  phoneUrl: 'http://localhost:4202/phone',
};
const { phoneUrl: _phoneUrl, ...WITHOUT_PHONE } = WITH_PHONE;

beforeEach(() => localStorage.clear());

describe('storedInteraction()', () => {
  it('is a popup before anything was chosen, and after something that is none', () => {
    expect(storedInteraction(WITH_PHONE)).toBe('popup');
    localStorage.setItem('demo.interaction', 'telepathy');
    expect(storedInteraction(WITH_PHONE)).toBe('popup');
  });

  it.each(['popup', 'redirect', 'phone'] as const)('is %s when that was chosen', (chosen) => {
    storeInteraction(chosen);
    expect(storedInteraction(WITH_PHONE)).toBe(chosen);
  });

  it('is no phone where there is none', () => {
    storeInteraction('phone');
    expect(storedInteraction(WITHOUT_PHONE)).toBe('popup');
    expect(interactionsFor(WITHOUT_PHONE)).toEqual(['popup', 'redirect']);
  });
});
