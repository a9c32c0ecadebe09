/** The connect token in the output of `devtunnel token`, and when it ends by its own word. */

export interface ConnectToken {
  readonly value: string;
  /** Unix milliseconds. */
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** What devtunnel grants, for a token that does not say. */
const USUAL_MS = 24 * 60 * 60 * 1000;
/** Of the life of a token, the part after which it is renewed: well before its end. */
const RENEW_AFTER = 0.75;

/** Undefined where there is none. */
export function readToken(text: string, now: number): ConnectToken | undefined {
  const value = /^\s*Token:\s*(\S+)/im.exec(text)?.[1] ?? /\beyJ[\w.-]+/.exec(text)?.[0];
  if (value === undefined) return undefined;
  const expiresAt = expiryOf(value);
  return { value, obtainedAt: now, expiresAt: expiresAt === undefined ? now + USUAL_MS : expiresAt };
}

/** When to ask for the next one, by the clock on the wall: a timer does not count what a laptop has slept. */
export const renewalOf = ({ obtainedAt, expiresAt }: ConnectToken): number =>
  obtainedAt + Math.max(0, expiresAt - obtainedAt) * RENEW_AFTER;

/** `exp` of a JSON Web Token (RFC 7519), which is not verified here: it is not for us. */
function expiryOf(token: string): number | undefined {
  try {
    const payload = Uint8Array.fromBase64(token.split('.')[1] ?? '', { alphabet: 'base64url' });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
