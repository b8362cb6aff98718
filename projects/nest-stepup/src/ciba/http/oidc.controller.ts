import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { BackchannelAuthentication } from '../backchannel-authentication.js';
import { CibaException } from '../ciba.exception.js';
import { CIBA_SETTINGS, type CibaSettings } from '../ciba.settings.js';
import { QrSessions } from '../qr/qr-sessions.js';
import type { TokenResponse } from '../token-response.js';
import type { StartedTransaction } from '../transactions/transaction-request.js';
import { BrowserBinding } from './browser-binding.js';
import { CibaEndpoint } from './ciba-answers.js';
import {
  departureOf,
  remoteAddressOf,
  requestContextOf,
  type HttpRequest,
  type HttpResponse,
} from './http-exchange.js';
import { RequestBody } from './request-body.js';
import { SignInPolicy } from './sign-in-policy.js';

const CIBA_GRANT = 'urn:openid:params:grant-type:ciba';

/** Starts sign-ins, gives tokens to the browser that they are for, and takes them back. */
@Controller('oidc')
@CibaEndpoint()
export class OidcController {
  constructor(
    @Inject(CIBA_SETTINGS) private readonly settings: CibaSettings,
    private readonly policy: SignInPolicy,
    private readonly authentication: BackchannelAuthentication,
    private readonly sessions: QrSessions,
    private readonly browsers: BrowserBinding,
  ) {}

  @Post('bc-authorize')
  async authorize(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<object> {
    const body = new RequestBody(request);
    const sessionId = body.optionalText('sessionId', { maxLength: 128 });
    const signIn = this.policy.read(body);
    const remoteAddress = remoteAddressOf(request);
    // With a session it is the phone that calls: what it gets is worth nothing without the binding
    // of the browser that shows the session.
    const started =
      sessionId === undefined
        ? await this.authentication.start({
            ...signIn,
            ...this.bindingOf(body, request, response),
            remoteAddress,
            requestContext: requestContextOf(request),
          })
        : await this.sessions.claim(
            sessionId,
            requestContextOf(request),
            (requestContext, binding) =>
              this.authentication.start({
                ...signIn,
                ...(binding !== undefined && { binding }),
                remoteAddress,
                requestContext,
              }),
          );
    return this.answerOf(started);
  }

  @Post('token')
  async token(
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<TokenResponse> {
    const body = new RequestBody(request);
    const binding = this.browsers.of(request);
    switch (body.text('grant_type', { maxLength: 100 })) {
      case CIBA_GRANT: {
        const id = body.text('authRequestId', { maxLength: 128 });
        const signal = departureOf(response);
        return this.authentication.cibaStatus(id, { binding, signal });
      }
      case 'refresh_token': {
        const refreshToken = body.text('refresh_token', { maxLength: 16_384 });
        return this.authentication.refresh(refreshToken, { binding });
      }
      default:
        throw new CibaException(
          'unsupported_grant_type',
          `'grant_type' must be ${CIBA_GRANT} or refresh_token`,
        );
    }
  }

  /**
   * Answers 204 whether or not there was such a token, and whoever's it is.
   *
   * @see [RFC 7009 §2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)
   */
  @Post('revoke')
  @HttpCode(204)
  async revoke(@Req() request: HttpRequest): Promise<void> {
    const token = new RequestBody(request).text('token', { maxLength: 16_384 });
    const binding = this.browsers.of(request);
    const remoteAddress = remoteAddressOf(request);
    await this.authentication.revoke(token, { binding, remoteAddress });
  }

  private bindingOf(body: RequestBody, request: HttpRequest, response: HttpResponse) {
    const challenge = body.optionalText('bindingChallenge', { maxLength: 43 });
    const { unboundTransactions } = this.settings.compatibility;
    // Whoever keeps no cookies is served only where that is switched on; all others are bound.
    const binding =
      unboundTransactions && challenge === undefined
        ? this.browsers.of(request)
        : this.browsers.establish(request, response, challenge);
    return binding === undefined ? {} : { binding };
  }

  private answerOf({
    transactionId,
    expiresAt,
    intervalSeconds,
    bindingMessage,
  }: StartedTransaction): object {
    return {
      auth_req_id: transactionId,
      expires_in: Math.max(0, Math.floor(expiresAt - this.settings.now())),
      interval: intervalSeconds,
      ...(bindingMessage !== undefined && { binding_message: bindingMessage }),
    };
  }
}
