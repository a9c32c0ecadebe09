/** A program behind a port that sends what a test says, byte by byte, and knows what each of its connections has heard. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** One connection that has asked for something: one that only knocks says nothing, and is none. */
export class TargetConnection {
  readonly #socket: Socket;
  heard = '';
  /** Whole heads of requests that it has heard. */
  requests = 0;
  closed = false;
  /** Bytes that the system has taken so far. */
  written = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Characters are bytes. */
  send(text: string): this {
    this.#socket.write(Buffer.from(text, 'latin1'));
    return this;
  }

  /** Nothing more comes; it goes on hearing. */
  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Hears nothing more. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends the piece so many times, as fast as it is taken. */
  async pour(piece: Uint8Array, times: number): Promise<void> {
    for (let left = times; left > 0 && !this.closed; left -= 1) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      this.#socket.write(piece, (error) => resolve(error === undefined || error === null));
      if (!(await promise)) return;
      this.written += piece.length;
    }
  }
}

const HEAD = /^[A-Z]+ \S+ HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)+\r\n/gm;

/** Called for each whole head of a request; `nth` counts them on that connection, from 1. */
export type TargetScript = (connection: TargetConnection, nth: number) => void | Promise<void>;

export class RawTarget implements Disposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** In the order in which they were heard. */
  readonly connections: TargetConnection[] = [];

  private constructor(script: TargetScript) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket, script));
  }

  static async start(script: TargetScript): Promise<RawTarget> {
    const target = new RawTarget(script);
    target.#server.listen(0, '127.0.0.1');
    await once(target.#server, 'listening');
    return target;
  }

  /** Always the same answer, and then nothing, the end or a reset. */
  static answers(text: string, then: 'stay' | 'end' | 'reset' = 'stay'): Promise<RawTarget> {
    return RawTarget.start((connection) => {
      connection.send(text);
      if (then === 'end') connection.end();
      if (then === 'reset') connection.reset();
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** All that was heard, by any connection. */
  get heard(): string {
    return this.connections.map(({ heard }) => heard).join('');
  }

  get open(): number {
    return this.connections.filter(({ closed }) => !closed).length;
  }

  #take(socket: Socket, script: TargetScript): void {
    const connection = new TargetConnection(socket);
    this.#sockets.add(socket);
    socket.on('data', (bytes) => {
      if (connection.heard === '') this.connections.push(connection);
      connection.heard += bytes.toString('latin1');
      const heads = connection.heard.match(HEAD)?.length ?? 0;
      while (connection.requests < heads) void script(connection, (connection.requests += 1));
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => {});
    socket.on('close', () => {
      connection.closed = true;
      this.#sockets.delete(socket);
    });
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
