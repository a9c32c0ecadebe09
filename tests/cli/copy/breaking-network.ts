/** A network that breaks each connection after so many bytes, or stands still from then on; however much is on its way. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export class BreakingNetwork implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Bytes in both directions after which a connection breaks, for each connection anew. */
  breakAfter: () => number = () => Number.POSITIVE_INFINITY;
  /** Bytes in both directions of all connections after which nothing comes through any more. */
  standAfter = Number.POSITIVE_INFINITY;
  passed = 0;
  breaks = 0;

  /** Where connections lead. */
  to: string;

  private constructor(server: Server, to: string) {
    this.#server = server;
    this.to = to;
  }

  static async to(url: string): Promise<BreakingNetwork> {
    const server = createServer((here) => {
      const { hostname, port } = new URL(network.to);
      network.#link(here, connect(Number(port), hostname));
    });
    const network = new BreakingNetwork(server, url);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get stands(): boolean {
    return this.passed >= this.standAfter;
  }

  /** Breaks what is connected. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #link(here: Socket, there: Socket): void {
    let left = this.breakAfter();
    const end = () => {
      here.destroy();
      there.destroy();
    };
    const counted = () =>
      new Transform({
        transform: (bytes: Buffer, _encoding, done) => {
          this.passed += bytes.length;
          left -= bytes.length;
          if (left <= 0) {
            this.breaks += 1;
            return end();
          }
          // One that is never told to go on takes no more.
          if (!this.stands) done(null, bytes);
        },
      });
    for (const socket of [here, there]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        end();
      });
    }
    here.pipe(counted()).pipe(there);
    there.pipe(counted()).pipe(here);
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.drop();
  }
}
