/**
 * The channel that commands travel on: one shell, one line a message.
 *
 *   open ──a connection sends its first line──▶ taken ──dispose──▶ closed
 *
 * Nothing is sent to a connection that has sent nothing, and the first to send a line is the shell: the system itself
 * lets nobody else send (see platform/pipes).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { newChannelAddress } from '../../platform/pipes/index.ts';
import type { ChannelAddress } from '../../platform/pipes/pipes.ts';

export class Channel implements Disposable {
  readonly #address: ChannelAddress;
  readonly #server: Server;
  readonly #silent = new Set<Socket>();
  #shell: Socket | undefined;
  onLine: (line: string) => void = () => {};

  private constructor(address: ChannelAddress, server: Server) {
    this.#address = address;
    this.#server = server;
  }

  static async open(): Promise<Channel> {
    const address = newChannelAddress();
    const server = createServer();
    const channel = new Channel(address, server);
    server.on('connection', (socket) => channel.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(address.path, resolve);
    });
    server.unref();
    return channel;
  }

  /** What the shell connects to, in its own spelling. */
  get name(): string {
    return this.#address.name;
  }

  send(line: string): void {
    this.#shell?.write(`${line}\n`);
  }

  [Symbol.dispose](): void {
    this.#shell?.destroy();
    this.#close();
    this.#address[Symbol.dispose]();
  }

  #accept(socket: Socket): void {
    this.#silent.add(socket);
    socket.setEncoding('utf8');
    // The end of the shell is noticed by the exit of its process.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#silent.delete(socket));
    let pending = '';
    socket.on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.#onSocketLine(socket, line.trim());
    });
  }

  #onSocketLine(socket: Socket, line: string): void {
    if (this.#shell === undefined) {
      this.#shell = socket;
      this.#silent.delete(socket);
      this.#close();
    }
    if (socket === this.#shell) this.onLine(line);
  }

  /** No more connections, and an end to those that have sent nothing. */
  #close(): void {
    this.#server.close();
    for (const socket of this.#silent) socket.destroy();
  }
}
