/** The three routes of a dashboard that a machine registers with. */
import { fail, messageOf, ok, type Failure, type Result } from '../../core/failure.ts';
import { isLoopback } from '../../core/loopback.ts';

export type DashboardFailure =
  | (Failure<'unreachable'> & { readonly detail: string })
  /** `detail` is the beginning of the body. */
  | (Failure<'http'> & { readonly status: number; readonly detail: string });

export type Reply = Result<Readonly<Record<string, unknown>>, DashboardFailure>;

/** Fields as devpilot-agent sent them. */
export interface RefreshBody {
  readonly name: string;
  readonly tunnel_url: string;
  readonly terminal_url: string;
  readonly tunnel_token: string;
  readonly api_key: string;
  /** The key that the dashboard knows. */
  readonly current_api_key: string;
}

export interface RegisterBody {
  readonly name: string;
  readonly tunnel_url: string;
  readonly terminal_url: string;
  readonly challenge_code: string;
  readonly api_key?: string;
  readonly tunnel_token?: string;
}

/** No call rejects. */
export interface Dashboard {
  refresh(body: RefreshBody, signal: AbortSignal): Promise<Reply>;
  register(body: RegisterBody, signal: AbortSignal): Promise<Reply>;
  status(id: string, signal: AbortSignal): Promise<Reply>;
}

const LIMIT_MS = 15_000;
const MAX_BODY_BYTES = 64 * 1024;
const SHOWN_CHARACTERS = 200;

/** A route or page of a dashboard; a query of its address stays behind the path. */
export function addressAt(dashboard: string, path: string): string {
  const url = new URL(dashboard);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url.href;
}

export function dashboardAt(url: string): Dashboard {
  const post = (path: string, body: RefreshBody | RegisterBody, signal: AbortSignal) =>
    call(addressAt(url, path), signal, { method: 'POST', body: JSON.stringify(body) }, secretsOf(body));
  return {
    refresh: (body, signal) => post('/api/register/refresh-token', body, signal),
    register: (body, signal) => post('/api/register', body, signal),
    status: (id, signal) => call(addressAt(url, `/api/register/${encodeURIComponent(id)}/status`), signal),
  };
}

async function call(
  url: string,
  signal: AbortSignal,
  init: { readonly method?: string; readonly body?: string } = {},
  secrets: readonly string[] = [],
): Promise<Reply> {
  // Not AbortSignal.any: with a long-lived signal it leaks the short ones.
  const limit = new AbortController();
  const stop = () => limit.abort();
  const timer = setTimeout(stop, LIMIT_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) return fail({ reason: 'unreachable', detail: 'called off' });
    const answer = await fetch(url, {
      ...init,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      // The key is for this address and for no other.
      redirect: 'manual',
      signal: limit.signal,
      ...transportOf(url),
    });
    const text = await readBeginning(answer);
    const { status } = answer;
    if (!answer.ok) return fail({ reason: 'http', status, detail: shown(redirectIn(answer) ?? text, secrets) });
    const value = objectIn(text);
    // The page of a network that wants a login first, or of a proxy: that is not the dashboard.
    if (value === undefined) return fail({ reason: 'unreachable', detail: 'the answer is not JSON' });
    return ok(value);
  } catch (error) {
    const detail = limit.signal.aborted ? 'no answer within 15 seconds' : messageOf(error);
    return fail({ reason: 'unreachable', detail });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Certificates are verified whatever NODE_TLS_REJECT_UNAUTHORIZED says. This machine is reached without the proxy of
 * HTTP_PROXY, for which the types of Bun lack `false`.
 */
const transportOf = (url: string) => ({
  tls: { rejectUnauthorized: true },
  ...(isLoopback(new URL(url).hostname) && { proxy: false as unknown as string }),
});

async function readBeginning({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > MAX_BODY_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_BODY_BYTES).toString('utf8');
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return undefined;
  }
}

/** It is said rather than followed: the user may mean that address. */
function redirectIn({ status, headers }: Response): string | undefined {
  const target = status >= 300 && status < 400 ? headers.get('location') : null;
  return target === null ? undefined : `it redirects to ${target}`;
}

/** Some servers repeat in an error what they were sent. */
const shown = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => clean.replaceAll(secret, '(a secret)'), text).slice(0, SHOWN_CHARACTERS);

function secretsOf(body: RefreshBody | RegisterBody): string[] {
  const { api_key, tunnel_token } = body;
  const current = 'current_api_key' in body ? body.current_api_key : undefined;
  return [api_key, tunnel_token, current].flatMap((secret) => secret || []);
}
