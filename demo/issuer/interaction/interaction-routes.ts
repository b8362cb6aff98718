import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Interaction, InteractionResults, Provider } from 'oidc-provider';
import type { Accounts } from '../accounts.js';
import { acrOf, amrOf, type ProvenFactor } from '../acr-ladder.js';
import type { Factors } from '../factors/factors.js';
import { HttpError, readOwnForm, redirect, sendPage } from '../http.js';
import { accountOf, provenIn, type Exchange } from './exchange.js';
import { InteractionPages } from './interaction-pages.js';
import { nextStep, type NextStep, type Step } from './next-step.js';
import { ProgressStore, type PendingChallenge, type Progress } from './progress.js';
import { readSignInRequest } from './sign-in-request.js';

const MAX_FAILED_ATTEMPTS = 5;

const CANCELLED = {
  error: 'access_denied',
  error_description: 'The end-user cancelled the sign-in.',
};
const TOO_MANY_ATTEMPTS = {
  error: 'access_denied',
  error_description: 'The end-user could not be authenticated.',
};
const UNMET = {
  error: 'unmet_authentication_requirements',
  error_description: 'The end-user cannot authenticate as requested.',
};

const ACTIONS = [
  'password',
  'otp',
  'passkey',
  'create-passkey',
  'another-account',
  'cancel',
  'unable',
] as const;

/** What can be posted from the pages of an interaction. */
export type InteractionAction = (typeof ACTIONS)[number];

export function isInteractionAction(text: string): text is InteractionAction {
  return ACTIONS.some((action) => action === text);
}

/** The sign-in pages: what is asked for, checked and, in the end, told to the provider. */
export class InteractionRoutes {
  readonly #provider: Provider;
  readonly #accounts: Accounts;
  readonly #factors: Factors;
  readonly #origin: string;
  readonly #progress: ProgressStore;
  readonly #pages: InteractionPages;

  constructor(options: {
    readonly provider: Provider;
    readonly accounts: Accounts;
    readonly factors: Factors;
    readonly origin: string;
    readonly now: () => number;
  }) {
    this.#provider = options.provider;
    this.#accounts = options.accounts;
    this.#factors = options.factors;
    this.#origin = options.origin;
    this.#progress = new ProgressStore(options.now);
    this.#pages = new InteractionPages(options.accounts, options.factors.passkeys);
  }

  /** Shows the page of the step that is next. */
  async show(req: IncomingMessage, res: ServerResponse): Promise<void> {
    return this.#goOn(await this.#exchange(req, res));
  }

  /** Takes what was posted from a page. */
  async post(req: IncomingMessage, res: ServerResponse, action: InteractionAction): Promise<void> {
    const form = await readOwnForm(req, this.#origin);
    const exchange = await this.#exchange(req, res);
    switch (action) {
      case 'cancel':
        return this.#finish(exchange, CANCELLED);
      case 'unable':
        return this.#finish(exchange, UNMET);
      case 'another-account':
        return this.#useAnotherAccount(exchange);
      case 'password':
        return this.#checkPassword(exchange, form);
      case 'otp':
        return this.#checkOneTimeCode(exchange, form);
      case 'create-passkey':
        return this.#createPasskey(exchange, form);
      case 'passkey':
        return this.#checkPasskey(exchange, form);
    }
  }

  async #exchange(req: IncomingMessage, res: ServerResponse): Promise<Exchange> {
    const interaction = await this.#interaction(req, res);
    const client = await this.#provider.Client.find(String(interaction.params['client_id']));
    return {
      req,
      res,
      uid: interaction.uid,
      path: `/interaction/${interaction.uid}`,
      clientName: client?.clientName ?? 'The application',
      request: readSignInRequest(interaction, this.#accounts),
      progress: this.#progress.of(interaction.uid, interaction.exp),
    };
  }

  async #interaction(req: IncomingMessage, res: ServerResponse): Promise<Interaction> {
    try {
      return await this.#provider.interactionDetails(req, res);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'SessionNotFound') {
        throw new HttpError(
          400,
          'This sign-in has ended. Go back to the application and try again.',
        );
      }
      throw cause;
    }
  }

  #nextStep(exchange: Exchange): NextStep {
    const account = accountOf(exchange, this.#accounts);
    return nextStep({
      acrValues: exchange.request.acrValues,
      account,
      hasPasskey: account !== undefined && this.#factors.passkeys.has(account.id),
      proven: provenIn(exchange),
    });
  }

  async #goOn(exchange: Exchange): Promise<void> {
    const step = this.#nextStep(exchange);
    if (step === 'unmet') return this.#finish(exchange, UNMET);
    return step === 'done' ? this.#succeed(exchange) : this.#render(exchange, step);
  }

  async #succeed(exchange: Exchange): Promise<void> {
    const account = accountOf(exchange, this.#accounts);
    const proven = provenIn(exchange);
    const acr = acrOf(proven);
    if (!account || acr === undefined) return this.#finish(exchange, UNMET);
    return this.#finish(exchange, {
      login: { accountId: account.id, acr, amr: amrOf(proven) },
    });
  }

  async #finish({ req, res, uid }: Exchange, result: InteractionResults): Promise<void> {
    this.#progress.end(uid);
    await this.#provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
  }

  async #useAnotherAccount(exchange: Exchange): Promise<void> {
    const { progress, res, path } = exchange;
    progress.anotherAccount = true;
    progress.accountId = undefined;
    progress.proven.clear();
    redirect(res, path);
  }

  async #checkPassword(exchange: Exchange, form: URLSearchParams): Promise<void> {
    const userName = form.get('username') ?? '';
    const account = accountOf(exchange, this.#accounts) ?? this.#accounts.findByUserName(userName);
    const valid = await this.#factors.passwords.verify(account?.id, form.get('password') ?? '');
    if (this.#nextStep(exchange) !== 'password') return redirect(exchange.res, exchange.path);
    if (!account || !valid) {
      const problem = 'User name and password do not match. Try again.';
      return this.#refuse(exchange, 'password', problem, userName);
    }
    return this.#accept(exchange, account.id, 'pwd');
  }

  async #checkOneTimeCode(exchange: Exchange, form: URLSearchParams): Promise<void> {
    const account = accountOf(exchange, this.#accounts);
    if (!account || this.#nextStep(exchange) !== 'otp') {
      return redirect(exchange.res, exchange.path);
    }
    if (!this.#factors.oneTimeCodes.verify(account.id, form.get('code') ?? '')) {
      return this.#refuse(exchange, 'otp', 'This code is not right. Try the one shown now.');
    }
    return this.#accept(exchange, account.id, 'otp');
  }

  async #createPasskey(exchange: Exchange, form: URLSearchParams): Promise<void> {
    const { progress, res, path } = exchange;
    const account = accountOf(exchange, this.#accounts);
    const challenge = takeChallenge(progress, 'create');
    // Only somebody with two proven factors gets here: a weaker sign-in must not add a stronger key.
    if (!account || challenge === undefined || this.#nextStep(exchange) !== 'createPasskey') {
      return redirect(res, path);
    }
    if (!(await this.#factors.passkeys.create(account, responseIn(form), challenge))) {
      return this.#refuse(
        exchange,
        'createPasskey',
        'This passkey could not be created. Try again.',
      );
    }
    progress.passkeyCreated = true;
    return redirect(res, path);
  }

  async #checkPasskey(exchange: Exchange, form: URLSearchParams): Promise<void> {
    const challenge = takeChallenge(exchange.progress, 'use');
    const step = this.#nextStep(exchange);
    // A passkey is stronger than a password, and will do where one is asked.
    if (challenge === undefined || (step !== 'passkey' && step !== 'password')) {
      return redirect(exchange.res, exchange.path);
    }
    const accountId = await this.#factors.passkeys.verify(responseIn(form), challenge);
    const expected = accountOf(exchange, this.#accounts);
    if (accountId === undefined || (expected && expected.id !== accountId)) {
      return this.#refuse(exchange, step, 'This passkey was not accepted. Try again.');
    }
    return this.#accept(exchange, accountId, 'swk');
  }

  #accept({ progress, res, path }: Exchange, accountId: string, factor: ProvenFactor): void {
    progress.accountId = accountId;
    progress.proven.add(factor);
    redirect(res, path);
  }

  async #refuse(exchange: Exchange, step: Step, problem: string, userName?: string): Promise<void> {
    exchange.progress.failedAttempts += 1;
    if (exchange.progress.failedAttempts >= MAX_FAILED_ATTEMPTS) {
      return this.#finish(exchange, TOO_MANY_ATTEMPTS);
    }
    return this.#render(exchange, step, problem, userName);
  }

  async #render(
    exchange: Exchange,
    step: Step,
    problem?: string,
    userName?: string,
  ): Promise<void> {
    const html = await this.#pages.of(exchange, step, problem, userName);
    sendPage(exchange.res, html, {
      status: problem === undefined ? 200 : 422,
      formTargets: [exchange.request.clientOrigin],
    });
  }
}

/** A challenge answers one response, whether that holds or not. */
function takeChallenge(
  progress: Progress,
  purpose: PendingChallenge['purpose'],
): string | undefined {
  const pending = progress.pendingChallenge;
  progress.pendingChallenge = undefined;
  return pending?.purpose === purpose ? pending.challenge : undefined;
}

function responseIn(form: URLSearchParams): unknown {
  try {
    return JSON.parse(form.get('response') ?? '');
  } catch {
    // Not JSON: refused as any other response that does not hold.
    return undefined;
  }
}
