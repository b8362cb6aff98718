import { durationInWords, requirementInWords } from './words';

describe('requirementInWords()', () => {
  it.each([
    [{ acrValues: ['urn:okta:loa:2fa:any'] }, 'two factors'],
    [{ acrValues: ['phr'], maxAge: 300 }, 'a passkey, used in the last 5 minutes'],
    [{ maxAge: 60 }, 'a sign-in in the last minute'],
    [{ maxAge: 0 }, 'a sign-in just now'],
    [{ acrValues: ['phrh', 'phr'] }, 'a passkey on a hardware key or a passkey'],
    [{ acrValues: ['urn:example:gold'] }, 'urn:example:gold'],
  ])('says %j as “%s”', (requirement, words) => {
    expect(requirementInWords(requirement)).toBe(words);
  });
});

describe('durationInWords()', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [7199, '1 hour'],
    [172_800, '2 days'],
  ])('says %i seconds as “%s”', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });
});
