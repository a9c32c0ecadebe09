/**
 * One TCP connection to a port of this machine: loopback alone, IPv4 first.
 *
 *   connecting ──taken──▶ open ──either side has said all it has to say──▶ half closed ──the other, too──▶ closed
 *       └──refused by both addresses──▶ closed      └──it breaks, or `terminate`──────────────────────────▲
 *
 * What the port does not take waits here; `waiting` says how much, so that whoever fills it can stop.
 */
import { messageOf } from '../core/failure.ts';
import { isConnected } from './is-connected.ts';

export type ConnectionEnd =
  | { readonly is: 'refused' }
  /** Both sides have said all they had to say. */
  | { readonly is: 'ended' }
  | { readonly is: 'broken'; readonly detail: string };

export interface ConnectionListener {
  opened(): void;
  data(bytes: Uint8Array): void;
  /** The port has taken some of what waited. Default: nobody needs to know. */
  drained?(): void;
  /** The port says nothing more; what is sent to it still goes through. */
  theirEnd(): void;
  /** Called once, and last. */
  closed(end: ConnectionEnd): void;
}

type State =
  | { readonly at: 'connecting' }
  | { readonly at: 'open'; readonly socket: Bun.Socket }
  | { readonly at: 'closed' };

const ADDRESSES = ['127.0.0.1', '::1'] as const;
/** Of this machine, an answer comes at once; Windows asks again for a while where nobody listens. */
const CONNECT_MS = 2000;
/** What the port has not taken: whoever sends more and cannot be told to wait is cut off. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Pieces that are small wait together: a byte alone takes a hundred. */
const SMALL_BYTES = 1024;

export class PortConnection {
  readonly #listener: ConnectionListener;
  #state: State = { at: 'connecting' };
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #ourEnd = false;
  #theirEnd = false;
  #paused = false;
  #broken: string | undefined;

  constructor(listener: ConnectionListener) {
    this.#listener = listener;
  }

  /** Bytes that the port has not taken yet. */
  get waiting(): number {
    return this.#waitingBytes;
  }

  async connect(port: number): Promise<void> {
    for (const hostname of ADDRESSES) {
      if (await this.#connects(hostname, port)) return;
    }
    this.#close({ is: 'refused' });
  }

  /** False where it is refused, or not answered in time: one that opens later is let go of. */
  async #connects(hostname: string, port: number): Promise<boolean> {
    let given = false;
    let isRefused = false;
    const handlers: Bun.SocketHandler<undefined> = {
      ...this.#handlers,
      open: (socket) => {
        isRefused = !isConnected(socket);
        if (given || isRefused) socket.terminate();
        else this.#open(socket);
      },
      close: (_socket, error) => {
        if (!given && !isRefused) this.#ended(error);
      },
    };
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), CONNECT_MS);
    const made = Bun.connect({ hostname, port, data: undefined, allowHalfOpen: true, socket: handlers });
    const isOpen = await Promise.race([
      made.then(
        () => !isRefused,
        () => false,
      ),
      late.promise,
    ]);
    clearTimeout(timer);
    // It may have opened, and be over already, before the promise settles.
    given = !isOpen && this.#state.at === 'connecting';
    return !given;
  }

  /** In order, also before it is open. Nothing is taken after `end`. */
  write(bytes: Uint8Array): void {
    if (this.#state.at === 'closed' || this.#ourEnd) return;
    const last = this.#waiting.at(-1);
    if (last !== undefined && last.length + bytes.length <= SMALL_BYTES)
      this.#waiting[this.#waiting.length - 1] = Buffer.concat([last, bytes]);
    else this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#flush();
  }

  /** Nothing more will be written; what the port says still comes. */
  end(): void {
    this.#ourEnd = true;
    this.#flush();
  }

  /** The port is not heard until `resume`, so that it waits. */
  pause(): void {
    this.#paused = true;
    if (this.#state.at === 'open') this.#state.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#state.at === 'open') this.#state.socket.resume();
  }

  terminate(): void {
    if (this.#state.at === 'open') this.#state.socket.terminate();
    this.#state = { at: 'closed' };
  }

  // The port may speak before the promise of `connect` settles.
  readonly #handlers = {
    data: (_socket, bytes) => this.#listener.data(bytes),
    drain: () => {
      this.#flush();
      this.#listener.drained?.();
    },
    end: () => {
      if (this.#state.at !== 'open') return;
      this.#theirEnd = true;
      this.#listener.theirEnd();
      this.#flush();
    },
    error: (_socket, error) => void (this.#broken = messageOf(error)),
  } satisfies Bun.SocketHandler<undefined>;

  #ended(error: unknown): void {
    const detail = error === undefined || error === null ? this.#broken : messageOf(error);
    this.#close(detail === undefined ? { is: 'ended' } : { is: 'broken', detail });
  }

  #open(socket: Bun.Socket): void {
    // Whoever wanted it has left meanwhile.
    if (this.#state.at === 'closed') return socket.terminate();
    this.#state = { at: 'open', socket };
    if (this.#paused) socket.pause();
    this.#listener.opened();
    this.#flush();
    this.#listener.drained?.();
  }

  #flush(): void {
    if (this.#state.at !== 'open') return;
    const { socket } = this.#state;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const written = socket.write(next);
      if (written < 0) return;
      this.#waitingBytes -= written;
      if (written < next.length) return void (this.#waiting[0] = next.subarray(written));
      this.#waiting.shift();
    }
    if (!this.#ourEnd) return;
    socket.shutdown();
    // Not every system closes it by itself once both have ended.
    if (this.#theirEnd) socket.end();
  }

  #close(end: ConnectionEnd): void {
    if (this.#state.at === 'closed') return;
    this.#state = { at: 'closed' };
    this.#listener.closed(end);
  }
}
