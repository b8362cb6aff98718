/** Where a request comes from: what the client says about the browser that it serves. */
export interface RequestOrigin {
  readonly ipAddress?: string;
  readonly userAgent?: string;
  /** What the person is about to do, in the client's words. */
  readonly reason?: string;
}

const MOST_CHARACTERS = 1024;
const MOST_SHOWN = 200;

/**
 * Reads the `request_context` of a backchannel authentication request.
 *
 * @returns `undefined` when it is no JSON object, or too large: the request is to be refused then.
 * @see [FAPI-CIBA §5.2.2](https://openid.net/specs/openid-financial-api-ciba.html)
 */
export function readRequestOrigin(parameter: unknown): RequestOrigin | undefined {
  if (parameter === undefined) return {};
  if (typeof parameter !== 'string' || parameter.length > MOST_CHARACTERS) return undefined;
  try {
    const context: unknown = JSON.parse(parameter);
    if (typeof context !== 'object' || context === null) return undefined;
    return {
      ...text('ipAddress', context, 'ip_address'),
      ...text('userAgent', context, 'user_agent'),
      ...text('reason', context, 'reason'),
    };
  } catch {
    // No JSON: refused as any other ill-formed parameter.
    return undefined;
  }
}

function text(name: keyof RequestOrigin, context: object, member: string): RequestOrigin {
  const value: unknown = Reflect.get(context, member);
  if (typeof value !== 'string' || value === '') return {};
  return { [name]: value.slice(0, MOST_SHOWN) };
}
