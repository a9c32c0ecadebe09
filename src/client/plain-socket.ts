/** A text socket on a WebSocket as all runtimes have it: what arrives faster than it is taken is held in memory, up to a bound. */
import { unreachable } from './failure.ts';

export interface TextSocket {
  /** Ends where the socket does, after the last frame. */
  readonly frames: AsyncGenerator<string, void, void>;
  /** It ended because more came than was taken, not because it broke. */
  readonly overflowed: boolean;
  /** How it was closed; 1006 without a close frame. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Lost when the connection is. */
  send(text: string): void;
  /** Begins to close it; no more frames come. */
  close(): void;
}

/** What is used of a WebSocket; that of the web is one, and that of the package `ws`. */
export interface WebSocketLike {
  /** 1: open. */
  readonly readyState: number;
  /** Sends a text frame. */
  send(text: string): void;
  /** Begins to close it. */
  close(): void;
  /** As that of the web. */
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  /** As that of the web; `data` of a text frame is a string. */
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  /** As that of the web. */
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** The same with bytes; that of the web is one, and that of the package `ws`. */
export interface BinarySocketLike extends WebSocketLike {
  /** Set to `arraybuffer`. */
  binaryType: string;
  /** Sends a text frame, or a binary one. */
  send(data: string | Uint8Array<ArrayBuffer>): void;
}

/** Opens a WebSocket at that address. Only one that knows bytes can open a port. */
export type MakeWebSocket = (url: string) => WebSocketLike;

const OPEN = 1;

/** Characters that may wait to be taken before the socket overflows. */
const MAX_WAITING = 4_000_000;

/** Rejects with a ClientError when the WebSocket closes before it opens. */
export function openPlain(socket: WebSocketLike): Promise<TextSocket> {
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
  // The close event follows. Without a listener, a socket of the package `ws` throws.
  socket.addEventListener('error', () => {});
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      over = true;
      resolve({ code, reason });
      wake();
    });
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
  const opened: TextSocket = {
    frames: frames(),
    get overflowed() {
      return overflowed;
    },
    closed,
    send: (text) => socket.readyState === OPEN && socket.send(text),
    close: () => {
      over = true;
      socket.close();
      wake();
    },
  };
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(opened));
    void closed.then(({ code }) =>
      reject(unreachable(`the socket could not be opened: it was closed with code ${code}`)),
    );
  });
}
