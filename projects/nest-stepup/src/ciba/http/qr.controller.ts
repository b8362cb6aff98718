import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { QrSessions, type NewQrSession } from '../qr/qr-sessions.js';
import { BrowserBinding } from './browser-binding.js';
import { CibaEndpoint } from './ciba-answers.js';
import { EventStreams } from './event-streams.js';
import {
  remoteAddressOf,
  requestContextOf,
  type HttpRequest,
  type HttpResponse,
} from './http-exchange.js';
import { RequestBody } from './request-body.js';

/** Sign-in by QR code: what the browser that shows it asks, and the phone before it claims it. */
@Controller('qr')
@CibaEndpoint()
export class QrController {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly sessions: QrSessions,
    private readonly browsers: BrowserBinding,
    private readonly streams: EventStreams,
  ) {}

  @Post()
  async make(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<NewQrSession> {
    const challenge = new RequestBody(request).optionalText('bindingChallenge', { maxLength: 43 });
    return this.makeFor(request, this.browsers.establish(request, response, challenge));
  }

  /** The seed's legacy route. Only with `compatibility.qrRoute`. */
  @Get()
  async makeLegacy(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<object> {
    const { compatibility, clientId } = this.settings;
    if (!compatibility.qrRoute) {
      throw new CibaException('not_found', 'There is no such route: make a session by POST');
    }
    const binding = compatibility.unboundTransactions
      ? this.browsers.of(request)
      : this.browsers.establish(request, response, undefined);
    const { sessionId, expiresAt } = await this.makeFor(request, binding);
    return { deviceId: clientId, auth_req_id: sessionId, exp: Math.floor(expiresAt) };
  }

  @Get(':sessionId')
  view(@Param('sessionId') id: string, @Req() request: HttpRequest): Promise<object> {
    return this.sessions.view(id, this.browsers.of(request));
  }

  @Get(':sessionId/events')
  async events(
    @Param('sessionId') id: string,
    @Req() request: HttpRequest,
    @Res() response: HttpResponse,
  ): Promise<void> {
    const views = this.sessions.watch(id, this.browsers.of(request));
    await this.streams.send(`qr ${id}`, response, views);
  }

  @Delete(':sessionId')
  @HttpCode(204)
  async cancel(@Param('sessionId') id: string, @Req() request: HttpRequest): Promise<void> {
    await this.sessions.cancel(id, this.browsers.of(request));
  }

  private makeFor(request: HttpRequest, binding: string | undefined): Promise<NewQrSession> {
    const { ipAddress = remoteAddressOf(request), userAgent } = requestContextOf(request);
    return this.sessions.makeQrAuthSession(ipAddress, {
      ...(userAgent !== undefined && { userAgent }),
      ...(binding !== undefined && { binding }),
    });
  }
}
