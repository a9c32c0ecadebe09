/** A static web server for a release, which can be made to fail in the ways that servers and networks do. */
import { existsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** What happens to one file. */
type Trouble =
  /** Half of it comes, and the connection is closed. */
  | 'cut'
  /** Half of it comes, and then nothing, until the client goes. */
  | 'stall'
  | { readonly redirect: string };

export class ReleaseServer implements AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for, in their order. */
  readonly asked: string[] = [];
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets: Set<Socket>;
  readonly #troubles = new Map<string, Trouble>();

  private constructor(server: ReturnType<typeof createServer>, sockets: Set<Socket>, port: number) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Of sockets, because a web server takes care that what it sends is whole. */
  static async start(folder: string): Promise<ReleaseServer> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      let head = '';
      socket.on('data', (data) => {
        head += data.toString('latin1');
        if (!head.includes('\r\n\r\n')) return;
        const path = /^GET (\S+)/.exec(head)?.[1] ?? '/';
        head = '';
        void running.#answer(socket, folder, path);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const running = new ReleaseServer(server, sockets, address.port);
    return running;
  }

  trouble(file: string, trouble: Trouble | undefined): void {
    if (trouble === undefined) this.#troubles.delete(`/${file}`);
    else this.#troubles.set(`/${file}`, trouble);
  }

  /** How many downloads are under way. */
  get connections(): number {
    return this.#sockets.size;
  }

  async #answer(socket: Socket, folder: string, path: string): Promise<void> {
    this.asked.push(path);
    const trouble = this.#troubles.get(path);
    if (typeof trouble === 'object')
      return void socket.end(`HTTP/1.1 302 Found\r\nLocation: ${trouble.redirect}\r\nContent-Length: 0\r\n\r\n`);
    const file = join(folder, path);
    if (!existsSync(file)) return void socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    const bytes = await Bun.file(file).bytes();
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`);
    if (trouble === undefined) return void socket.end(bytes);
    socket.write(bytes.subarray(0, bytes.length / 2));
    if (trouble === 'cut') socket.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
