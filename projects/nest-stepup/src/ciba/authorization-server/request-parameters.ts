import { CibaException } from '../ciba.exception.js';
import type { BackchannelHint, BackchannelRequest, RequestContext } from './backchannel-client.js';
import type { DeliveryMode, HintKind, ProviderProfile } from './provider-profile.js';

const HINT_KINDS: readonly HintKind[] = ['login_hint', 'login_hint_token', 'id_token_hint'];

/**
 * Writes a request as one kind of authorization server reads it.
 *
 * @throws {CibaException} When that kind would refuse it: it is then not sent.
 * @see [CIBA §7.1](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#auth_request)
 */
export function requestParameters(
  request: BackchannelRequest,
  profile: ProviderProfile,
  deliveryMode: DeliveryMode,
): URLSearchParams {
  const { scope, acrValues, maxAge, bindingMessage, requestContext } = request;
  if (!scope.split(' ').includes('openid')) {
    throw new CibaException('invalid_scope', "The scope has to have 'openid' in it");
  }
  checkBindingMessage(bindingMessage, profile);

  const parameters = new URLSearchParams(profile.extraParameters);
  parameters.set('scope', scope);
  for (const [name, value] of Object.entries(hintOf(request.hint, profile))) {
    parameters.set(name, value);
  }
  addResource(parameters, request.resource, profile);
  if (acrValues && acrValues.length > 0) parameters.set('acr_values', acrValues.join(' '));
  if (maxAge !== undefined) parameters.set('max_age', String(maxAge));
  if (bindingMessage !== undefined) parameters.set('binding_message', bindingMessage);
  addExpiry(parameters, request, profile);
  addNotificationToken(parameters, request, deliveryMode);
  if (requestContext && profile.supportsRequestContext) {
    parameters.set('request_context', JSON.stringify(wireContext(requestContext)));
  }
  return parameters;
}

/**
 * Names the APIs that an access token is for.
 *
 * @throws {CibaException} `invalid_target` when there are more than the server takes.
 * @see [RFC 8707 §2](https://www.rfc-editor.org/rfc/rfc8707#section-2)
 */
export function addResource(
  parameters: URLSearchParams,
  resource: readonly string[],
  { resourceParameter, name }: ProviderProfile,
): void {
  if (resourceParameter === 'audience' && resource.length > 1) {
    throw new CibaException('invalid_target', `${name} takes one resource, and not several`);
  }
  for (const one of resource) parameters.append(resourceParameter, one);
}

function hintOf(hint: BackchannelHint, profile: ProviderProfile): BackchannelHint {
  const kinds = HINT_KINDS.filter((kind) => Object.hasOwn(hint, kind));
  const [kind] = kinds;
  const value: unknown = kind && Reflect.get(hint, kind);
  if (kind === undefined || kinds.length > 1 || typeof value !== 'string' || value === '') {
    throw new CibaException('invalid_request', 'There has to be exactly one hint of the user');
  }
  if (!profile.hintKinds.includes(kind)) {
    throw new CibaException('invalid_request', `${profile.name} takes no ${kind}`);
  }
  return profile.formatHint(hint);
}

function checkBindingMessage(message: string | undefined, profile: ProviderProfile): void {
  const { required, maxLength, alphabet } = profile.bindingMessage;
  if (message === undefined && !required) return;
  const isAccepted =
    message !== undefined &&
    message !== '' &&
    message.length <= maxLength &&
    Array.from(message).every((character) => alphabet.test(character));
  if (isAccepted) return;
  throw new CibaException(
    'invalid_binding_message',
    `${profile.name} takes binding messages of 1 to ${maxLength} characters ${alphabet.source}`,
  );
}

function addExpiry(
  parameters: URLSearchParams,
  { requestedExpirySeconds }: BackchannelRequest,
  { requestedExpiry }: ProviderProfile,
): void {
  if (requestedExpirySeconds === undefined || !requestedExpiry) return;
  const { name, minimumSeconds, maximumSeconds } = requestedExpiry;
  const seconds = Math.min(Math.max(requestedExpirySeconds, minimumSeconds), maximumSeconds);
  parameters.set(name, String(Math.ceil(seconds)));
}

function addNotificationToken(
  parameters: URLSearchParams,
  { notificationToken }: BackchannelRequest,
  deliveryMode: DeliveryMode,
): void {
  // Keycloak refuses one from a client that is not notified.
  if (deliveryMode !== 'ping') return;
  if (notificationToken === undefined) {
    throw new TypeError(
      "Cannot ask for an authentication as 'notificationToken' must be there in ping mode: " +
        'current value is undefined',
    );
  }
  parameters.set('client_notification_token', notificationToken);
}

function wireContext({ ipAddress, userAgent, reason }: RequestContext) {
  return { ip_address: ipAddress, user_agent: userAgent, reason };
}
