import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

type OIDCContext = KoaContextWithOIDC['oidc'];

/** How often the client may ask for tokens, in seconds; short, so that the demo feels quick. */
export const INTERVAL_SECONDS = 1;

/** The client counts from sending, the server from receiving: the way between them varies. */
const LEEWAY = 0.5;
const KEPT_SECONDS = 600;

/**
 * Tells clients the polling interval, and those that ask sooner to slow down: `oidc-provider` does
 * neither. To be called before `provider.callback()`.
 *
 * @param now Current time, in seconds since the epoch, with fractions.
 * @see [CIBA §11](https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html#token_error_response)
 */
export function keepPollPace(provider: Provider, now: () => number): void {
  const askedAt = new Map<string, number>();

  const isTooSoon = (authReqId: string): boolean => {
    const at = now();
    const before = askedAt.get(authReqId);
    askedAt.set(authReqId, at);
    for (const [id, last] of askedAt) {
      if (last + KEPT_SECONDS <= at) askedAt.delete(id);
    }
    return before !== undefined && at - before < INTERVAL_SECONDS * LEEWAY;
  };

  provider.use(async (ctx, next) => {
    await next();
    // A request that leads nowhere has no `oidc`.
    const oidc: OIDCContext | undefined = ctx['oidc'];
    const answer: object = ctx.body;
    if (oidc?.route === 'backchannel_authentication' && ctx.status === 200) {
      ctx.body = { ...answer, interval: INTERVAL_SECONDS };
    }
    const authReqId = oidc?.route === 'token' ? oidc.params?.['auth_req_id'] : undefined;
    if (typeof authReqId !== 'string' || !isTooSoon(authReqId)) return;
    if (Reflect.get(answer, 'error') !== 'authorization_pending') return;
    ctx.body = { error: 'slow_down', error_description: 'the client asks too often' };
  });
}
