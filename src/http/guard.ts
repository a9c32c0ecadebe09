/**
 * Who may speak to this server: one guard for requests and WebSocket upgrades alike, before routing
 * and before a byte of the body is read.
 *
 * - Host must be a name of ours: a page that rebinds its own name to 127.0.0.1 (CVE-2025-66414) comes
 *   with that name.
 * - Origin, when there is one, must be the origin that was asked: a page of another site, or of
 *   another port of this machine, is refused even with the key.
 * - The key, compared in constant time. Loopback is not trusted: every local program can get there.
 */
import { timingSafeEqual } from 'node:crypto';
import type { HttpFailure } from './failures.ts';

/** Paths that hold no secrets and answer without a key (Host and Origin are checked all the same). */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/health', '/openapi', '/openapi.json']);
/** The files of the page at `/`. */
const OPEN_FOLDER = '/console/';
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

export interface GuardOptions {
  readonly key: string;
  /** Lower-case host names beyond loopback, such as the bound address and those of --allow-host. */
  readonly hosts: readonly string[];
}

export class Guard {
  readonly #keyDigest: Uint8Array;
  readonly #hosts: ReadonlySet<string>;

  constructor({ key, hosts }: GuardOptions) {
    this.#keyDigest = digest(key);
    this.#hosts = new Set([...LOOPBACK_NAMES, ...hosts]);
  }

  /** Undefined when the request may go on. */
  check(request: Request, path: string): HttpFailure | undefined {
    const refused = this.checkSource(request);
    if (refused !== undefined) return refused;
    if (OPEN_PATHS.has(path) || path.startsWith(OPEN_FOLDER) || this.hasKey(request)) return undefined;
    return { reason: 'key-invalid' };
  }

  /** Host and Origin alone: a WebSocket's key is told wrong by a close code, once it is open. */
  checkSource(request: Request): HttpFailure | undefined {
    const host = parseHost(request.headers.get('host'));
    if (host === undefined || !this.#hosts.has(host.name)) return { reason: 'host-refused' };
    const origin = request.headers.get('origin');
    if (origin !== null && !this.#isOurs(origin, host)) return { reason: 'origin-refused' };
    return undefined;
  }

  hasKey(request: Request): boolean {
    const given = request.headers.get('x-api-key');
    // Digests have one length, so that neither the content nor the length of the key shows in the time.
    return given !== null && timingSafeEqual(digest(given), this.#keyDigest);
  }

  #isOurs(origin: string, host: HostHeader): boolean {
    const url = URL.parse(origin);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
    if (url.host.toLowerCase() === host.full) return true;
    // Behind a proxy that rewrites Host, the public name was allowed explicitly. Loopback never is:
    // every program of this machine can serve a page there.
    return !LOOPBACK_NAMES.includes(url.hostname) && this.#hosts.has(url.hostname);
  }
}

interface HostHeader {
  readonly name: string;
  /** With the port, unless it is the default one, as in a URL's `host`. */
  readonly full: string;
}

// Two Host headers arrive joined by a comma, which no host name has.
function parseHost(header: string | null): HostHeader | undefined {
  if (header === null || !/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(header)) return undefined;
  const url = URL.parse(`http://${header}`);
  return url === null ? undefined : { name: url.hostname.toLowerCase(), full: url.host.toLowerCase() };
}

const digest = (text: string): Uint8Array => new Bun.CryptoHasher('sha256').update(text).digest();
