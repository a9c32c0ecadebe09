/**
 * A client of acpremote's wire that does what that package's own does (Python, github.com/vcoderun/acpkit, packages/transports):
 * the socket first, with its key as Bearer and without extensions; then the metadata, at the path without `/ws` and without the
 * query, all of which it drops when a field is missing; a line of JSON in each text frame.
 */
import { RawWebSocket } from '../../support/raw-web-socket.ts';
import { waitFor } from '../../support/wait.ts';

type Json = Readonly<Record<string, unknown>>;

const TEXTS = ['transport_kind', 'package_version', 'health_path', 'metadata_path', 'websocket_path'];
const NUMBERS = ['transport_version', 'max_size', 'max_queue'];
const OTHERS = ['auth_required', 'supported_auth_modes', 'compression', 'supported_agent_families', 'remote_cwd'];

export class AcpremoteClient implements Disposable {
  readonly socket: RawWebSocket;
  readonly metadata: Json | undefined;

  private constructor(socket: RawWebSocket, metadata: Json | undefined) {
    this.socket = socket;
    this.metadata = metadata;
  }

  static async connect(url: string, token: string): Promise<AcpremoteClient> {
    const socket = await RawWebSocket.open(url, { headers: { Authorization: `Bearer ${token}` } });
    return new AcpremoteClient(socket, await fetchMetadata(url, token));
  }

  send(message: Json): void {
    this.socket.sendText(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  async answer(id: unknown): Promise<Json> {
    return waitFor(`the answer to ${String(id)}`, () =>
      this.messages().find((message) => message['id'] === id && !('method' in message)),
    );
  }

  /** All so far, as lines. */
  messages(): Json[] {
    const lines = this.socket.texts.map((text) => `${text}\n`).join('');
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Json);
  }

  [Symbol.dispose](): void {
    this.socket[Symbol.dispose]();
  }
}

/** Undefined for anything but 200, and where a field is not as it must be. */
export async function fetchMetadata(url: string, token: string): Promise<Json | undefined> {
  const { hostname, port, pathname } = new URL(url);
  if (!pathname.endsWith('/ws')) return undefined;
  const path = pathname.slice(0, -'/ws'.length) || '/';
  const [head = '', body = ''] = (await ask(hostname, Number(port), path, token)).split('\r\n\r\n');
  if (!head.startsWith('HTTP/1.1 200 ')) return undefined;
  const given = JSON.parse(body) as Json;
  const isWhole =
    [...TEXTS, ...NUMBERS, ...OTHERS].every((name) => name in given) &&
    NUMBERS.every((name) => Number.isInteger(given[name])) &&
    TEXTS.every((name) => typeof given[name] === 'string');
  return isWhole ? given : undefined;
}

/** As Python's http.client asks: no Accept, no User-Agent. */
async function ask(hostname: string, port: number, path: string, token: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let got = '';
  const socket = await Bun.connect({
    hostname,
    port,
    socket: {
      data: (_socket, chunk) => void (got += chunk.toString()),
      close: () => resolve(got),
    },
  });
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Accept-Encoding: identity',
    `Authorization: Bearer ${token}`,
  ];
  socket.write([...head, 'Connection: close', '', ''].join('\r\n'));
  return promise;
}
