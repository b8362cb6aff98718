import type { PhoneRequest } from '../ciba/phone-requests.js';

interface Outcome {
  readonly title: string;
  readonly text: string;
}

const OUTCOMES: Readonly<Record<PhoneRequest['state'], (clientName: string) => Outcome>> = {
  open: () => ({
    title: 'This request has run out',
    text: 'It was not answered in time, and nothing was approved. Ask for it again if it was you.',
  }),
  approved: (clientName) => ({
    title: 'Approved',
    text: `Go back to your other screen: ${clientName} goes on there.`,
  }),
  denied: (clientName) => ({
    title: 'Denied',
    text: `${clientName} was told no. If it was not you who asked, change your password.`,
  }),
  unmet: (clientName) => ({
    title: 'Your answer was not enough',
    text: `${clientName} asks for more proof than this phone can offer. Nothing was approved.`,
  }),
};

/**
 * Says what has become of a request that is not open any more.
 *
 * @param answer Whether the person is being told, or has just given an answer that came too late.
 */
export function outcomeOf({ state, clientName }: PhoneRequest, answer: 'told' | 'late'): Outcome {
  const outcome = OUTCOMES[state](clientName);
  if (answer === 'told' || state === 'open') return outcome;
  return { title: 'This request was answered already', text: `It stands as: ${outcome.title}.` };
}
