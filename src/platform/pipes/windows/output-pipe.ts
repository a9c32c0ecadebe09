/**
 * A child's stdout or stderr, to be read by us as it comes.
 *
 * Reading an anonymous pipe blocks, and looking for data now and then is slow or busy: so it is a named pipe whose
 * server is Bun's own event loop, and the child gets a client's end that is opened here.
 *
 * By the default rights of a pipe every user of the machine may look up the name and connect for reading, and every
 * program of the same user for writing. So the child's end first sends a secret, and only the connection that sent it is
 * the child's. https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
 */
import { createServer, type Server, type Socket } from 'node:net';
import { secureRandom } from '../../../core/id.ts';
import { closeHandle, type Handle, lastError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { openForWrite } from './open-file.ts';
import { newPipeName } from './pipe-name.ts';
import { streamOf } from './socket-stream.ts';

const SECRET_BYTES = 16;

export class OutputPipe {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.stream = streamOf(socket);
  }

  /** Our end, and the end to be inherited: close the latter once the child has it. */
  static async create(): Promise<{ readonly pipe: OutputPipe; readonly childEnd: Handle }> {
    const name = newPipeName();
    const secret = Buffer.from(secureRandom(SECRET_BYTES));
    const server = createServer();
    const ours = connectionThatSends(server, secret);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(name, resolve);
    });
    try {
      const childEnd = openForWrite(name);
      try {
        sendAll(childEnd, secret);
        return { pipe: new OutputPipe(await ours), childEnd };
      } catch (error) {
        closeHandle(childEnd);
        throw error;
      }
    } finally {
      server.close();
    }
  }

  /** The output is not read any more. */
  abandon(): void {
    this.#socket.destroy();
  }
}

function connectionThatSends(server: Server, secret: Buffer): Promise<Socket> {
  const strangers = new Set<Socket>();
  return new Promise((resolve) => {
    server.on('connection', (socket) => {
      let sent = Buffer.alloc(0);
      strangers.add(socket);
      socket.on('error', () => socket.destroy());
      const listen = (bytes: Buffer): void => {
        sent = Buffer.concat([sent, bytes]);
        if (sent.length < secret.length) return;
        // Nothing follows the secret before the child has its end, and that is after this.
        if (!sent.equals(secret)) return void socket.destroy();
        socket.off('data', listen);
        socket.pause();
        strangers.delete(socket);
        for (const stranger of strangers) stranger.destroy();
        resolve(socket);
      };
      socket.on('data', listen);
    });
  });
}

function sendAll(handle: Handle, bytes: Buffer): void {
  const written = new Uint32Array(1);
  if (kernel32().WriteFile(handle, bytes, bytes.length, written, null) === 0) throw lastError('WriteFile');
}
