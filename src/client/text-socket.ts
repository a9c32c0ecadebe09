/**
 * A WebSocket of text frames that its reader sets the pace of.
 *
 * Twins, because a WebSocket cannot be told to wait: what arrives faster than it is taken is held in memory. Where the
 * browser has WebSocketStream (Chromium) a frame that is not taken stays with the server, which pauses the program.
 * Elsewhere, when too much waits, the socket overflows: it takes nothing more, what has come is still read, what is typed
 * still gets through, and the next socket goes on from there.
 */
import { CLOSE_CODES } from '../core/close-codes.ts';
import { messageOf } from '../core/failure.ts';
import { ClientError } from './failure.ts';

export interface TextSocket {
  /** Ends where the socket does, after the last frame. */
  readonly frames: AsyncGenerator<string, void, void>;
  /** It ended because more came than was taken, not because it broke. */
  readonly overflowed: boolean;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(text: string): void;
  close(): void;
}

/** What a browser that has it calls WebSocketStream; TypeScript does not know it yet. */
interface WebSocketStream {
  readonly opened: Promise<{
    readonly readable: ReadableStream<string | ArrayBuffer>;
    readonly writable: WritableStream<string>;
  }>;
  readonly closed: Promise<{ readonly closeCode?: number; readonly reason?: string }>;
  close(): void;
}

const Stream = (globalThis as { WebSocketStream?: new (url: string) => WebSocketStream }).WebSocketStream;

/** Characters that may wait to be taken before the socket overflows. */
const MAX_WAITING = 4_000_000;

/** Rejects with a ClientError when there is no connection to be had. */
export const openTextSocket = (url: string): Promise<TextSocket> =>
  Stream === undefined ? openPlain(url) : openStream(new Stream(url));

async function openStream(stream: WebSocketStream): Promise<TextSocket> {
  const closed = stream.closed.then(
    ({ closeCode = CLOSE_CODES.abnormal, reason = '' }) => ({ code: closeCode, reason }),
    () => ({ code: CLOSE_CODES.abnormal, reason: '' }),
  );
  const { readable, writable } = await stream.opened.catch((error: unknown) => {
    throw new ClientError('unreachable', `the socket could not be opened: ${messageOf(error)}`);
  });
  const reader = readable.getReader();
  const writer = writable.getWriter();
  return {
    frames: framesOf(reader),
    overflowed: false,
    closed,
    // It fails when the connection is gone, and then the frames end, too.
    send: (text) => void writer.write(text).catch(() => {}),
    close: () => {
      stream.close();
      // The server's close frame comes behind all that was not read: that is read, and thrown away.
      void reader.cancel().catch(() => {});
    },
  };
}

async function* framesOf(
  reader: ReadableStreamDefaultReader<string | ArrayBuffer>,
): AsyncGenerator<string, void, void> {
  for (;;) {
    const next = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
    if (next.done) return;
    if (typeof next.value === 'string') yield next.value;
  }
}

function openPlain(url: string): Promise<TextSocket> {
  const { promise: opened, resolve: isOpen, reject } = Promise.withResolvers<TextSocket>();
  const { promise: closed, resolve: isClosed } = Promise.withResolvers<{ code: number; reason: string }>();
  const socket = new WebSocket(url);
  const waiting: string[] = [];
  let waitingLength = 0;
  /** Frames that come from now on are neither kept nor counted: the next socket brings them. */
  let over = false;
  let overflowed = false;
  let wake = (): void => {};
  socket.addEventListener('message', ({ data }) => {
    if (over || typeof data !== 'string') return;
    waiting.push(data);
    waitingLength += data.length;
    overflowed = waitingLength > MAX_WAITING;
    over = overflowed;
    wake();
  });
  socket.addEventListener('close', ({ code, reason }) => {
    over = true;
    isClosed({ code, reason });
    reject(new ClientError('unreachable', `the socket could not be opened: it was closed with code ${code}`));
    wake();
  });
  async function* frames(): AsyncGenerator<string, void, void> {
    for (;;) {
      const frame = waiting.shift();
      if (frame !== undefined) {
        waitingLength -= frame.length;
        yield frame;
      } else if (over) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  socket.addEventListener('open', () =>
    isOpen({
      frames: frames(),
      get overflowed() {
        return overflowed;
      },
      closed,
      send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
      close: () => {
        over = true;
        socket.close();
        wake();
      },
    }),
  );
  return opened;
}
