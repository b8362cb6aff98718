import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { Authenticated, CurrentAuthentication, type Authentication } from 'nest-stepup';
import type { BackchannelHint } from '../authorization-server/backchannel-client.js';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { asConfigured } from '../configured-request.js';
import { Transactions } from '../transactions/transactions.js';
import { stepUpHint } from '../user-hint.js';
import { BrowserBinding } from './browser-binding.js';
import { CibaEndpoint } from './ciba-answers.js';
import {
  plainText,
  remoteAddressOf,
  requestContextOf,
  type HttpRequest,
  type HttpResponse,
} from './http-exchange.js';
import { RequestBody } from './request-body.js';
import { readRequirement } from './requirement-body.js';

/** Starts a step-up of the user whose access token came with the request, and of nobody else. */
@Controller('step-up')
@CibaEndpoint()
@Authenticated()
export class StepUpController {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly transactions: Transactions,
    private readonly browsers: BrowserBinding,
  ) {}

  @Post()
  async start(
    @CurrentAuthentication() authentication: Authentication,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<object> {
    const body = new RequestBody(request);
    const requirement = readRequirement(body);
    if (!requirement) {
      throw new CibaException('invalid_request', "'acrValues' or 'maxAge' is missing");
    }
    const reason = plainText(body.optionalText('reason', { maxLength: 200 }) ?? '');
    const challenge = body.optionalText('bindingChallenge', { maxLength: 43 });
    const { subject, hint } = this.whoIs(authentication);

    const { scope, resource } = this.settings;
    const binding = this.browsers.establish(request, response, challenge);
    const started = await asConfigured(
      this.transactions.start({
        kind: 'step-up',
        hint,
        subject,
        scope,
        resource,
        requirement,
        binding,
        requestContext: requestContextOf(request, reason),
        remoteAddress: remoteAddressOf(request),
      }),
    );
    const { transactionId, bindingMessage, expiresAt, intervalSeconds } = started;
    return {
      transactionId,
      ...(bindingMessage !== undefined && { bindingMessage }),
      expiresAt,
      interval: intervalSeconds,
    };
  }

  private whoIs(authentication: Authentication): { subject: string; hint: BackchannelHint } {
    const { subject } = authentication;
    if (subject === undefined || subject === '') {
      const description = 'The access token does not say whose it is';
      throw new CibaException('access_denied', description, { status: 403 });
    }
    return { subject, hint: stepUpHint(this.settings, authentication) };
  }
}
