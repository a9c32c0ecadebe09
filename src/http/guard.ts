/**
 * Who may speak to this server: one guard for requests and WebSocket upgrades alike, before routing and before a byte
 * of the body is read.
 *
 * - Host must be a name of this server: a page that rebinds its own name to 127.0.0.1 (CVE-2025-66414) comes with that
 *   name. Only health is answered without any: load balancers ask so, in HTTP/1.0, and no browser does.
 * - Origin, when there is one, must be the origin that was asked: a page of another site, or of another port of this
 *   machine, is refused even with the key.
 * - The key, compared in constant time. Loopback is not trusted: every local program can get there.
 */
import { fail, ok, type Result } from '../core/failure.ts';
import { mayUse, noteOwnAuthorization, type Access, type Caller } from './caller.ts';
import type { Keyring } from './keyring.ts';
import type { WireFailure } from './wire/failures.ts';

export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export interface GuardOptions {
  readonly keys: Keyring;
  /** Lower-case host names beyond loopback, such as the bound address and those of --allow-host. */
  readonly hosts: readonly string[];
  /**
   * Addresses of this machine, where the server listens on all of them. Asked for whenever a Host is not known: an
   * interface may come up later. Default: none.
   */
  readonly addresses?: () => readonly string[];
}

/** What a route may say of itself. */
export interface Ways {
  readonly withoutHost?: boolean;
  readonly ownAuthorization?: boolean;
}

export class Guard {
  readonly #keys: Keyring;
  /** How often each name was allowed. */
  readonly #hosts = new Map<string, number>();
  readonly #addresses: () => readonly string[];
  #lastHost: { readonly header: string | null; readonly host: HostHeader | undefined } | undefined;

  constructor({ keys, hosts, addresses = () => [] }: GuardOptions) {
    this.#keys = keys;
    this.#addresses = addresses;
    for (const host of [...LOOPBACK_NAMES, ...hosts]) this.allow(host);
  }

  /** Makes a lower-case host name one of this server, until disposed: a tunnel's, for as long as it is open. */
  allow(host: string): Disposable {
    const change = (by: number) => {
      const count = (this.#hosts.get(host) ?? 0) + by;
      if (count > 0) this.#hosts.set(host, count);
      else this.#hosts.delete(host);
    };
    change(1);
    let allowed = true;
    return {
      [Symbol.dispose]() {
        if (allowed) change(-1);
        allowed = false;
      },
    };
  }

  /**
   * The caller, where there is one; an open route is also for those without a valid key. The route says the rest of itself
   * (wire/routes.ts).
   */
  check(
    request: Request,
    access: Access | 'any-key',
    { withoutHost = false, ownAuthorization = false }: Ways = {},
  ): Result<Caller | undefined, WireFailure> {
    const { headers } = request;
    if (withoutHost && !headers.has('host') && !headers.has('origin')) return ok(undefined);
    const refused = this.checkSource(request);
    if (refused !== undefined) return fail(refused);
    const caller = this.identify(request, ownAuthorization);
    if (access === 'open') return ok(caller);
    if (caller === undefined) return fail({ reason: 'key-invalid' });
    if (access === 'any-key') return ok(caller);
    if (typeof access === 'string')
      return mayUse(caller, access) ? ok(caller) : fail({ reason: 'scope-missing', scope: access });
    return access.some((scope) => mayUse(caller, scope))
      ? ok(caller)
      : fail({ reason: 'scope-missing', scope: access[0] });
  }

  /** Host and Origin alone: a WebSocket with a wrong key is opened first, and closed with a code that says so. */
  checkSource(request: Request): WireFailure | undefined {
    const host = this.#hostOf(request.headers.get('host'));
    if (host === undefined || !this.#isOwnName(host.name)) return { reason: 'host-refused' };
    const origin = request.headers.get('origin');
    if (origin !== null && !this.#isOwnOrigin(origin, host)) return { reason: 'origin-refused' };
    return undefined;
  }

  /**
   * By `X-API-Key` or `Authorization: Bearer`. Where both are there, one that is wrong makes the whole wrong; but where
   * `Authorization` beside a key is for somebody else (`ownAuthorization`).
   */
  identify(request: Request, ownAuthorization = false): Caller | undefined {
    const key = request.headers.get('x-api-key');
    const token = bearerToken(request.headers.get('authorization'));
    const bearer = token === null ? undefined : this.#keys.callerWith(token);
    if (bearer !== undefined) noteOwnAuthorization(request);
    if (key === null) return bearer;
    const caller = this.#keys.callerWith(key);
    return token === null || ownAuthorization || bearer?.keyId === caller?.keyId ? caller : undefined;
  }

  /** Mostly it is that of the request before. */
  #hostOf(header: string | null): HostHeader | undefined {
    if (this.#lastHost?.header !== header) this.#lastHost = { header, host: parseHost(header) };
    return this.#lastHost?.host;
  }

  #isOwnName(name: string): boolean {
    return this.#hosts.has(name) || this.#addresses().includes(name);
  }

  #isOwnOrigin(origin: string, host: HostHeader): boolean {
    const url = URL.parse(origin);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
    if (url.host.toLowerCase() === host.full) return true;
    // Behind a proxy that rewrites Host, the public name was allowed explicitly. Loopback never is:
    // every program of this machine can serve a page there.
    return !LOOPBACK_NAMES.includes(url.hostname) && this.#isOwnName(url.hostname);
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

/** Another scheme, such as a proxy's own, is none of ours; a Bearer without a token is a wrong one. */
function bearerToken(header: string | null): string | null {
  if (header === null) return null;
  const match = /^bearer(?: +(.*))?$/i.exec(header.trim());
  return match === null ? null : (match[1] ?? '');
}
