import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DemoAccount } from '../../demo.config.js';
import type { Accounts } from '../accounts.js';
import type { LoginHintTokens } from '../ciba/login-hint-tokens.js';
import type { PhoneAnswers } from '../ciba/phone-answers.js';
import type { PhoneRequest, PhoneRequests } from '../ciba/phone-requests.js';
import type { Passwords } from '../factors/password.js';
import { HttpError, readOwnForm, redirect, sendPage } from '../http.js';
import {
  confirmSignInPage,
  outcomePage,
  phonePage,
  registerPage,
  requestList,
  scanPage,
} from '../pages/phone-pages.js';
import { outcomeOf } from './outcome.js';
import type { QrSessionClient } from './qr-session-client.js';
import { RegisteredPhones } from './registered-phones.js';

const REQUEST = /^\/phone\/requests\/([\w-]+)(?:\/(approve|deny|pick))?$/;
const NO_SUCH_REQUEST = 'There is no such request on this phone.';

/** The phone: an authentication device on a page, for people who have none at hand. */
export class PhoneRoutes {
  readonly #accounts: Accounts;
  readonly #passwords: Passwords;
  readonly #requests: PhoneRequests;
  readonly #answers: PhoneAnswers;
  readonly #loginHintTokens: LoginHintTokens;
  readonly #qrSessions: QrSessionClient;
  readonly #phones: RegisteredPhones;
  readonly #origin: string;

  constructor(options: {
    readonly accounts: Accounts;
    readonly passwords: Passwords;
    readonly requests: PhoneRequests;
    readonly answers: PhoneAnswers;
    readonly loginHintTokens: LoginHintTokens;
    readonly qrSessions: QrSessionClient;
    /** The one origin from which forms are taken. */
    readonly origin: string;
  }) {
    this.#accounts = options.accounts;
    this.#passwords = options.passwords;
    this.#requests = options.requests;
    this.#answers = options.answers;
    this.#loginHintTokens = options.loginHintTokens;
    this.#qrSessions = options.qrSessions;
    this.#phones = new RegisteredPhones(options.accounts);
    this.#origin = options.origin;
  }

  /** Answers a request for one of the phone's pages; `false` when it is for something else. */
  async handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean> {
    if (path !== '/phone' && !path.startsWith('/phone/')) return false;
    const owner = this.#phones.ownerOf(req);
    if (req.method === 'GET') this.#show(res, path, owner);
    else if (req.method === 'POST') await this.#post(req, res, path, owner);
    else throw new HttpError(405, 'Go back to the phone and try again.');
    return true;
  }

  #show(res: ServerResponse, path: string, owner: DemoAccount | undefined): void {
    if (path === '/phone/requests') {
      if (!owner) throw new HttpError(401, 'This browser is nobody’s phone.');
      return sendPage(res, requestList(this.#requests.openOf(owner.id)));
    }
    if (!owner) {
      return sendPage(res, registerPage({ next: path, accounts: this.#accounts.all }));
    }
    if (path === '/phone') return sendPage(res, phonePage(owner, this.#requests.openOf(owner.id)));
    if (path === '/phone/scan') return sendPage(res, scanPage(owner));
    return this.#showRequest(res, this.#requestAt(path, owner));
  }

  async #post(
    req: IncomingMessage,
    res: ServerResponse,
    path: string,
    owner: DemoAccount | undefined,
  ): Promise<void> {
    const form = await readOwnForm(req, this.#origin);
    if (path === '/phone/register') return this.#register(req, res, form);
    if (!owner) return redirect(res, '/phone');
    switch (path) {
      case '/phone/remove':
        this.#phones.remove(req, res);
        return redirect(res, '/phone');
      case '/phone/scan':
        return this.#scan(res, owner, form);
      case '/phone/scan/approve':
        return this.#approveScan(res, owner, form);
      case '/phone/scan/reject':
        return redirect(res, '/phone');
      default:
        return this.#answer(res, path, owner, form);
    }
  }

  async #register(req: IncomingMessage, res: ServerResponse, form: URLSearchParams): Promise<void> {
    const userName = form.get('username') ?? '';
    const next = form.get('next') === '/phone/scan' ? '/phone/scan' : '/phone';
    const account = this.#accounts.findByUserName(userName);
    const valid = await this.#passwords.verify(account?.id, form.get('password') ?? '');
    if (account && valid) {
      this.#phones.register(req, res, account);
      return redirect(res, next);
    }
    const problem = 'User name and password do not match. Try again.';
    const { all } = this.#accounts;
    return sendPage(res, registerPage({ next, accounts: all, userName, problem }), { status: 422 });
  }

  async #answer(
    res: ServerResponse,
    path: string,
    owner: DemoAccount,
    form: URLSearchParams,
  ): Promise<void> {
    const request = this.#requestAt(path, owner);
    const wasOpen = this.#requests.isOpen(request);
    switch (REQUEST.exec(path)?.[2]) {
      case 'approve':
        await this.#answers.approve(request);
        break;
      case 'pick':
        await this.#answers.pick(request, form.get('number') ?? '');
        break;
      case 'deny':
        await this.#answers.deny(request);
        break;
      default:
        throw new HttpError(405, 'Go back to the phone and try again.');
    }
    // An answer that came too late is told as what it is: not taken.
    return wasOpen
      ? redirect(res, `/phone/requests/${request.id}`)
      : sendPage(res, outcomePage(outcomeOf(request, 'late')), { status: 409 });
  }

  #showRequest(res: ServerResponse, request: PhoneRequest): void {
    if (this.#requests.isOpen(request)) return redirect(res, '/phone');
    return sendPage(res, outcomePage(outcomeOf(request, 'told')));
  }

  /** @throws {HttpError} 404 for a request that is not there, and for one of somebody else. */
  #requestAt(path: string, owner: DemoAccount): PhoneRequest {
    const request = this.#requests.find(REQUEST.exec(path)?.[1] ?? '', owner.id);
    if (!request) throw new HttpError(404, NO_SUCH_REQUEST);
    return request;
  }

  async #scan(res: ServerResponse, owner: DemoAccount, form: URLSearchParams): Promise<void> {
    const sessionId = this.#qrSessions.sessionIdIn(form.get('content') ?? '');
    if (sessionId === undefined) {
      const problem = 'This is not a sign-in code of Harbour Bank.';
      return sendPage(res, scanPage(owner, problem), { status: 422 });
    }
    return this.#orSayWhy(res, owner, async () => {
      sendPage(res, confirmSignInPage(owner, await this.#qrSessions.look(sessionId)));
    });
  }

  async #approveScan(
    res: ServerResponse,
    owner: DemoAccount,
    form: URLSearchParams,
  ): Promise<void> {
    const sessionId = this.#qrSessions.sessionIdIn(form.get('session') ?? '');
    if (sessionId === undefined) throw new HttpError(400, 'This is not a sign-in code.');
    return this.#orSayWhy(res, owner, async () => {
      await this.#qrSessions.claim(sessionId, await this.#loginHintTokens.issue(owner.id));
      redirect(res, '/phone');
    });
  }

  /** Tells on the page for scanning what stood in the way, so that another code can be scanned. */
  async #orSayWhy(
    res: ServerResponse,
    owner: DemoAccount,
    action: () => Promise<void>,
  ): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      sendPage(res, scanPage(owner, error.message), { status: error.status });
    }
  }
}
