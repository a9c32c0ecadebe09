/**
 * A WebSocket of text frames that its reader sets the pace of.
 *
 * Twins, because a WebSocket cannot be told to wait: what arrives faster than it is taken is held in memory. Where the
 * browser has WebSocketStream (Chromium) a frame that is not taken stays with the server, which pauses the program.
 * Elsewhere (plain-socket.ts), when too much waits, the socket overflows: it takes nothing more, what has come is still
 * read, what is typed still gets through, and the next socket goes on from there.
 */
import { CLOSE_CODES } from '../core/close-codes.ts';
import { messageOf } from '../core/failure.ts';
import { ClientError, unreachable } from './failure.ts';
import { openPlain, type BinarySocketLike, type MakeWebSocket, type TextSocket } from './plain-socket.ts';

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

/** Rejects with a ClientError when there is no connection to be had. */
export async function openTextSocket(url: string, make?: MakeWebSocket): Promise<TextSocket> {
  if (make !== undefined) return openPlain(make(url));
  return Stream === undefined ? openPlain(makeOwn(url)) : openStream(new Stream(url));
}

/** Throws a ClientError where `openTextSocket` never could open one. */
export function needWebSocket(make: MakeWebSocket | undefined): void {
  if (make !== undefined || typeof WebSocket !== 'undefined') return;
  throw new ClientError(
    { reason: 'no-websocket' },
    'this runtime has no WebSocket: give the client one with the option `webSocket`, or take Node 22, Bun or a browser',
  );
}

/** That of the runtime. */
export const makeOwn: (url: string) => BinarySocketLike = (url) => new WebSocket(url);

async function openStream(stream: WebSocketStream): Promise<TextSocket> {
  const closed = stream.closed.then(
    ({ closeCode = CLOSE_CODES.abnormal, reason = '' }) => ({ code: closeCode, reason }),
    () => ({ code: CLOSE_CODES.abnormal, reason: '' }),
  );
  const { readable, writable } = await stream.opened.catch((error: unknown) => {
    throw unreachable(`the socket could not be opened: ${messageOf(error)}`);
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
