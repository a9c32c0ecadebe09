/**
 * A child's stdout or stderr, to be read by us as it comes.
 *
 * Reading an anonymous pipe blocks, and looking for data now and then is slow or busy: so it is a named pipe whose
 * server is Bun's own event loop, and the child gets a client's end that is opened here.
 *
 * Everybody on the machine may look up the name and connect for reading (the default rights of a pipe), and one of
 * the same user for writing. So the child's end first says a word that nobody else knows, and only the connection that
 * said it is the child's. https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { closeHandle, type Handle, lastError } from '../../api/windows/handle.ts';
import { kernel32 } from '../../api/windows/kernel32.ts';
import { openForWrite } from './open-file.ts';
import { newPipeName } from './pipe-name.ts';

const WORD_BYTES = 16;

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
    const word = randomBytes(WORD_BYTES);
    const server = createServer();
    const ours = connectionThatSays(server, word);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(name, resolve);
    });
    try {
      const childEnd = openForWrite(name);
      try {
        say(childEnd, word);
        return { pipe: new OutputPipe(await ours), childEnd };
      } catch (error) {
        closeHandle(childEnd);
        throw error;
      }
    } finally {
      server.close();
    }
  }

  /** Nobody will read any more. */
  abandon(): void {
    this.#socket.destroy();
  }
}

function connectionThatSays(server: Server, word: Buffer): Promise<Socket> {
  const strangers = new Set<Socket>();
  return new Promise((resolve) => {
    server.on('connection', (socket) => {
      let said = Buffer.alloc(0);
      strangers.add(socket);
      socket.on('error', () => socket.destroy());
      const listen = (bytes: Buffer): void => {
        said = Buffer.concat([said, bytes]);
        if (said.length < word.length) return;
        // Nothing follows the word before the child has its end, and that is after this.
        if (!said.equals(word)) return void socket.destroy();
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

function say(handle: Handle, word: Buffer): void {
  const written = new Uint32Array(1);
  if (kernel32().WriteFile(handle, word, word.length, written, null) === 0) throw lastError('WriteFile');
}

/** Reads no further ahead than one chunk while nobody asks: a writer that is faster than its reader waits. */
function streamOf(socket: Socket): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      socket.on('data', (bytes: Buffer) => {
        controller.enqueue(bytes);
        if ((controller.desiredSize ?? 0) <= 0) socket.pause();
      });
      socket.on('close', () => controller.close());
    },
    pull: () => void socket.resume(),
    cancel: () => void socket.destroy(),
  });
}
