/**
 * Requests to the release server. What it sends is not trusted before it is verified; here it is only bounded: https (or
 * this machine), a few redirects that do not lead away from that, no silence, no more bytes and no more time than allowed.
 */
import type { Clock } from '../core/clock.ts';
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import { isLoopback } from '../core/loopback.ts';
import { isSafeUrl } from '../core/release-url.ts';

const MAX_REDIRECTS = 5;
/** A server that sends nothing for so long is given up. */
const SILENCE_MS = 60_000;

export type TransferFailure =
  | { readonly reason: 'url-refused'; readonly url: string }
  | { readonly reason: 'unreachable'; readonly url: string; readonly detail: string }
  | { readonly reason: 'answered'; readonly url: string; readonly status: number }
  | { readonly reason: 'too-many-redirects'; readonly url: string }
  | { readonly reason: 'too-large'; readonly url: string; readonly limit: number }
  | { readonly reason: 'too-slow'; readonly url: string; readonly detail: string }
  | { readonly reason: 'cancelled' };

export interface TransferLimits {
  /** Bytes of the whole answer. */
  readonly bytes: number;
  /** Milliseconds for all of it. */
  readonly ms: number;
}

export interface TransferOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
}

/** Calls `take` with each piece, and waits for it. What `take` rejects with is passed on. */
export async function transfer(
  url: string,
  limits: TransferLimits,
  { clock, signal, fetch }: TransferOptions,
  take: (bytes: Uint8Array) => Promise<void> | void,
): Promise<Result<void, TransferFailure>> {
  const whole = new AbortController();
  let slow: string | undefined;
  const giveUp = (detail: string) => () => {
    slow = detail;
    whole.abort();
  };
  const cancel = () => whole.abort();
  signal.addEventListener('abort', cancel, { once: true });
  using _end = clock.after(limits.ms, giveUp(`it took longer than ${limits.ms / 1000} seconds`));
  let silence = clock.after(SILENCE_MS, giveUp(`nothing came for ${SILENCE_MS / 1000} seconds`));
  const heard = () => {
    silence[Symbol.dispose]();
    silence = clock.after(SILENCE_MS, giveUp(`nothing came for ${SILENCE_MS / 1000} seconds`));
  };
  let takes = false;
  try {
    if (signal.aborted) return fail({ reason: 'cancelled' });
    const opened = await open(url, whole.signal, fetch);
    if (!opened.ok) return opened;
    heard();
    let received = 0;
    for await (const bytes of opened.value.body ?? []) {
      heard();
      received += bytes.length;
      if (received > limits.bytes) return fail({ reason: 'too-large', url, limit: limits.bytes });
      takes = true;
      await take(bytes);
      takes = false;
    }
    return ok(undefined);
  } catch (error) {
    // Not the network's: a full disk, or a bug.
    if (takes) throw error;
    if (signal.aborted) return fail({ reason: 'cancelled' });
    if (slow !== undefined) return fail({ reason: 'too-slow', url, detail: slow });
    return fail({ reason: 'unreachable', url, detail: messageOf(error) });
  } finally {
    silence[Symbol.dispose]();
    signal.removeEventListener('abort', cancel);
    whole.abort();
  }
}

async function open(
  address: string,
  signal: AbortSignal,
  fetch: TransferOptions['fetch'],
): Promise<Result<Response, TransferFailure>> {
  const first = new URL(address);
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (!isAllowed(url, first)) return fail({ reason: 'url-refused', url: url.href });
    const answer = await fetch(url.href, {
      signal,
      redirect: 'manual',
      timeout: false,
      decompress: false,
      // The bytes that were hashed and signed, not a packed form of them.
      headers: { 'accept-encoding': 'identity' },
      ...(isLoopback(url.hostname) && DIRECT),
    });
    if (answer.ok) return ok(answer);
    await answer.body?.cancel();
    const next = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || next === null)
      return fail({ reason: 'answered', url: url.href, status: answer.status });
    const target = URL.parse(next, url);
    if (target === null) return fail({ reason: 'url-refused', url: next });
    url = target;
  }
  return fail({ reason: 'too-many-redirects', url: address });
}

// The types of Bun lack `false`, the one value that means no proxy at all.
const DIRECT = { proxy: false } as unknown as { readonly proxy: string };

/** http on this machine is fine, but not where a release server elsewhere has pointed there. */
const isAllowed = (url: URL, first: URL): boolean =>
  isSafeUrl(url) && (url.protocol === 'https:' || isLoopback(first.hostname));

/** A file of a release, by its name. */
export const releaseFile = (base: string, name: string): string => `${base.replace(/\/+$/, '')}/${name}`;
