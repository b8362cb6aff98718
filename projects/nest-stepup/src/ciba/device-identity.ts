import { Injectable } from '@nestjs/common';
import {
  BackchannelClient,
  type TokenRequestOptions,
} from './authorization-server/backchannel-client.js';
import { tokenResponse, type TokenResponse } from './token-response.js';

/** This API, as its authorization server knows it. */
@Injectable()
export class DeviceIdentity {
  constructor(private readonly client: BackchannelClient) {}

  /**
   * Makes a JWT by which this API proves who it is: for the issuer, good for a minute, signed with
   * the local key or by the remote signer of `privateKeyJwt()`.
   *
   * @throws {CibaException} `server_error` when the API authenticates by a secret instead, or the
   *   signer fails.
   * @see [RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3)
   */
  makeDeviceJwt(): Promise<string> {
    return this.client.clientAssertion();
  }

  /**
   * Gets an access token for this API itself, and no user.
   *
   * @throws {CibaException} `temporarily_unavailable` when the authorization server cannot be
   *   reached; otherwise the server's own code.
   * @see [RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)
   */
  async makeDeviceAccessToken(options: TokenRequestOptions = {}): Promise<TokenResponse> {
    return tokenResponse(await this.client.clientCredentials(options));
  }
}
