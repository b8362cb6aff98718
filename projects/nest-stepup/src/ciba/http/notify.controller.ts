import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { Transactions } from '../transactions/transactions.js';
import { CibaEndpoint } from './ciba-answers.js';
import type { HttpRequest, HttpResponse } from './http-exchange.js';
import { RequestBody } from './request-body.js';

/**
 * Takes the authorization server's pings: 204 for each that is ours, however often it comes.
 *
 * @see [CIBA §10.2](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#ping_callback)
 */
@Controller('ciba/notify')
@CibaEndpoint()
export class NotifyController {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly transactions: Transactions,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Post()
  @HttpCode(204)
  async notify(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<void> {
    if (this.settings.deliveryMode !== 'ping') {
      throw new CibaException('not_found', 'No pings are expected here: the delivery mode is poll');
    }
    const [, token] =
      /^Bearer +([\w.~+/-]{1,1024}=*)$/i.exec(request.headers.authorization ?? '') ?? [];
    const isKnown =
      token !== undefined &&
      (await this.transactions.notify(
        token,
        new RequestBody(request).text('auth_req_id', { maxLength: 8192 }),
      ));
    if (isKnown) return;
    this.adapterHost.httpAdapter.setHeader(response, 'WWW-Authenticate', 'Bearer');
    const description = 'The notification token is not the one of that request';
    throw new CibaException('access_denied', description, { status: 401 });
  }
}
