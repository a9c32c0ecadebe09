/** The channel that commands travel on: one client, one line a message. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Channel implements Disposable {
  /** What the shell connects to. */
  readonly name: string;
  readonly #folder: string;
  readonly #server: Server;
  #socket: Socket | undefined;
  #pending = '';
  onLine: (line: string) => void = () => {};

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.name = join(folder, 'c');
    this.#server = server;
  }

  static async open(): Promise<Channel> {
    // Not in the data folder: the name of a Unix socket has little more than a hundred bytes. mkdtemp
    // makes a folder that its owner alone can enter, so nobody else can connect.
    const server = createServer();
    const channel = new Channel(mkdtempSync(join(tmpdir(), 'agent-server-')), server);
    server.on('connection', (socket) => channel.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(channel.name, resolve);
    });
    server.unref();
    return channel;
  }

  send(line: string): void {
    this.#socket?.write(`${line}\n`);
  }

  [Symbol.dispose](): void {
    this.#socket?.destroy();
    this.#server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #accept(socket: Socket): void {
    // A second one would be a program of the command's: it gets nothing.
    if (this.#socket !== undefined) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.setEncoding('utf8');
    // The shell's own end is told by its process.
    socket.on('error', () => {});
    socket.on('data', (text: string) => this.#take(text));
  }

  #take(text: string): void {
    const lines = (this.#pending + text).split('\n');
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.onLine(line.trim());
  }
}
