/** Requests one after the other over one connection, which a server that takes no further ones goes on answering. */
import { connect, type Socket } from 'node:net';
import { waitFor } from './wait.ts';

interface Where {
  readonly port: number;
  readonly key: string;
}

export class KeptConnection implements Disposable {
  readonly #socket: Socket;
  readonly #key: string;
  #got = '';

  private constructor(socket: Socket, key: string) {
    this.#socket = socket;
    this.#key = key;
    socket.on('data', (chunk) => (this.#got += chunk.toString('utf8')));
    socket.on('error', () => {});
  }

  /** It has shown its key when this resolves. */
  static async open({ port, key }: Where): Promise<KeptConnection> {
    const connection = new KeptConnection(connect(port, '127.0.0.1'), key);
    await connection.json('GET', '/health');
    return connection;
  }

  /** The JSON of an answer, whatever its status. */
  async json<T>(method: string, path: string): Promise<T> {
    this.#got = '';
    const length = method === 'POST' ? ['Content-Length: 0'] : [];
    const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', `X-API-Key: ${this.#key}`, ...length, '', ''];
    this.#socket.write(head.join('\r\n'));
    return waitFor(`an answer to ${method} ${path}`, () => {
      const [top = '', body] = this.#got.split('\r\n\r\n');
      const size = Number(/^content-length: (\d+)/im.exec(top)?.[1] ?? Number.NaN);
      return body !== undefined && Buffer.byteLength(body) === size ? { json: JSON.parse(body) as T } : undefined;
    }).then(({ json }) => json);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
