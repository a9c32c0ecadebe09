/** The opening of a WebSocket by its client (RFC 6455, 4.1): what is asked, and what a target answers. */
import { fail, ok, type Result } from '../../core/failure.ts';

export interface AskedUpgrade {
  /** Path and query, as they go out. */
  readonly path: string;
  /** With `Host`; those of the handshake itself apart, but for the subprotocols. */
  readonly headers: Headers;
  /** 16 random bytes in base64. */
  readonly key: string;
}

export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** Headers of the handshake that are between us and either side. Extensions are not passed on: frames are read here. */
const OWN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'transfer-encoding',
  'upgrade',
]);

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Undefined where it cannot be said in one request. */
export function upgradeRequest({ path, headers, key }: AskedUpgrade): Uint8Array | undefined {
  const own: [string, string][] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', key],
  ];
  const passed = [...headers].filter(([name]) => !OWN.has(name));
  if (!/^\/[\x21-\x7e]*$/.test(path) || passed.some(([, value]) => /[\r\n\0]/.test(value))) return undefined;
  const lines = [`GET ${path} HTTP/1.1`, ...[...passed, ...own].map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

export function readHead(text: string): AnswerHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const [, status, statusText = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(first) ?? [];
  if (status === undefined) return undefined;
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    try {
      headers.append(name, value);
    } catch {
      return undefined;
    }
  }
  return { status: Number(status), statusText, headers };
}

/** The subprotocol that was chosen, where one was; what is wrong with the answer otherwise. */
export function readAccepted(asked: AskedUpgrade, { headers }: AnswerHead): Result<string | undefined, WrongAnswer> {
  const accept = new Bun.CryptoHasher('sha1').update(asked.key + GUID).digest('base64');
  const connection = (headers.get('connection') ?? '').toLowerCase().split(',');
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket' || !connection.some((name) => name.trim() === 'upgrade'))
    return wrong('it switches to something else');
  if (headers.get('sec-websocket-accept') !== accept) return wrong('its Sec-WebSocket-Accept does not fit');
  if (headers.has('sec-websocket-extensions')) return wrong('it uses an extension that was not offered');
  const protocol = headers.get('sec-websocket-protocol') ?? undefined;
  const offered = (asked.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  if (protocol !== undefined && !offered.includes(protocol))
    return wrong('it chose a subprotocol that was not offered');
  return ok(protocol);
}

export interface WrongAnswer {
  readonly reason: 'answer-wrong';
  readonly detail: string;
}

const wrong = (detail: string): Result<never, WrongAnswer> => fail({ reason: 'answer-wrong', detail });
