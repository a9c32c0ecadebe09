/**
 * The channel that commands travel on: one shell, one line a message.
 *
 *   open ──a connection says its first line──▶ taken ──dispose──▶ closed
 *
 * Nothing is said to a connection that has said nothing, and whoever is first to speak is the shell: who may speak
 * at all, the system sees to (channel-address.ts).
 */
import { createServer, type Server, type Socket } from 'node:net';
import { newChannelAddress, type ChannelAddress } from '../../platform/input/channel-address.ts';

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

  /** What the shell connects to, as it calls it. */
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
    // The shell's own end is told by its process.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#silent.delete(socket));
    let pending = '';
    socket.on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) this.#hear(socket, line.trim());
    });
  }

  #hear(socket: Socket, line: string): void {
    if (this.#shell === undefined) {
      this.#shell = socket;
      this.#silent.delete(socket);
      this.#close();
    }
    if (socket === this.#shell) this.onLine(line);
  }

  /** No more connections, and an end to those that have said nothing. */
  #close(): void {
    this.#server.close();
    for (const socket of this.#silent) socket.destroy();
  }
}
