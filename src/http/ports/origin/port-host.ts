/**
 * Names under which a port has an origin of its own: `p3000.localhost`, which Chromium and Firefox send to loopback by themselves,
 * and `p3000.` before the name of --ports-host.
 *
 * A Host is one of these exactly or not at all: another spelling, such as `p03000`, upper case or a dot at the end, is no name of
 * this server, and the guard refuses it. Below localhost any TCP port may stand behind it, as one that was forwarded to ours does.
 */
import { LOOPBACK_NAMES } from '../../guard.ts';

export interface PortHost {
  readonly port: number;
  /** Name and, unless it is the default one, TCP port, as a browser has it in its address bar. */
  readonly authority: string;
  readonly origin: string;
  readonly scheme: 'http' | 'https';
}

const LOCAL = 'localhost';
const HOST = /^p([1-9]\d{0,4})\.([a-z0-9.-]+)(?::\d{1,5})?$/;
const MAX_PORT = 65_535;

export class PortHosts {
  readonly #public: URL | undefined;

  /** `address`: that of --ports-host, such as `https://ports.example.com`. */
  constructor(address: string | undefined) {
    this.#public = address === undefined ? undefined : new URL(address);
  }

  read(header: string | null): PortHost | undefined {
    // Every request asks, and most have another Host.
    if (header?.startsWith('p') !== true) return undefined;
    const [, digits, name] = HOST.exec(header) ?? [];
    const port = Number(digits);
    if (name === undefined || !(port <= MAX_PORT)) return undefined;
    if (name === LOCAL) return local(port, URL.parse(`http://${header}`));
    return name === this.#public?.hostname ? this.#atPublic(port, this.#public) : undefined;
  }

  /** Where a browser finds that port, for whoever asks this server by this Host; undefined: there is no such name. */
  of(port: number, header: string | null): PortHost | undefined {
    if (this.#public !== undefined) return this.#atPublic(port, this.#public);
    const asked = URL.parse(`http://${header}`);
    if (asked === null || !LOOPBACK_NAMES.includes(asked.hostname)) return undefined;
    return local(port, URL.parse(`http://p${port}.${LOCAL}${asked.port === '' ? '' : `:${asked.port}`}`));
  }

  #atPublic(port: number, { protocol, host }: URL): PortHost {
    const authority = `p${port}.${host}`;
    return { port, authority, origin: `${protocol}//${authority}`, scheme: protocol === 'https:' ? 'https' : 'http' };
  }
}

const local = (port: number, url: URL | null): PortHost | undefined =>
  url === null ? undefined : { port, authority: url.host, origin: url.origin, scheme: 'http' };
