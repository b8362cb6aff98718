import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEMO_ACCOUNTS, type DemoAccount } from '../../demo.config.js';
import { PhoneRequests, type PhoneRequest } from './phone-requests.js';

const [alice, bob] = DEMO_ACCOUNTS as [DemoAccount, DemoAccount, DemoAccount];

describe('PhoneRequests', () => {
  let now: number;
  let requests: PhoneRequests;

  beforeEach(() => {
    now = 1000;
    requests = new PhoneRequests(() => now);
  });

  const add = (account = alice, bindingMessage = 'AB12-CD34'): PhoneRequest =>
    requests.add({
      authReqId: 'upstream',
      account,
      clientName: 'Harbour Bank',
      acrValues: [],
      maxAge: undefined,
      bindingMessage,
      origin: {},
      createdAt: now,
      expiresAt: now + 120,
    });

  it('lists what an account can answer, newest first', () => {
    const [first, second] = [add(), add()];
    add(bob);
    expect(requests.openOf('alice')).toEqual([second, first]);
  });

  it('hides a request from every other account', () => {
    const { id } = add();
    expect(requests.find(id, 'alice')?.id).toBe(id);
    expect(requests.find(id, 'bob')).toBeUndefined();
  });

  it('names a request by something else than the handle of the client', () => {
    expect(add().id).not.toContain('upstream');
  });

  it('closes a request at its deadline, and still knows it for ten minutes', () => {
    const request = add();
    now = 1119;
    expect(requests.isOpen(request)).toBe(true);
    now = 1120;
    expect(requests.isOpen(request)).toBe(false);
    expect(requests.openOf('alice')).toEqual([]);
    expect(requests.find(request.id, 'alice')).toBe(request);
    now = 1720;
    add(bob);
    expect(requests.find(request.id, 'alice')).toBeUndefined();
  });

  it('offers three different numbers to pick from when the message is a number', () => {
    const { choices } = add(alice, '47');
    expect(choices).toHaveLength(3);
    expect(new Set(choices).size).toBe(3);
    expect(choices).toContain('47');
    expect(choices).toEqual(choices.toSorted());
  });

  it('offers no numbers when the message is a code', () => {
    expect(add().choices).toEqual([]);
  });
});
