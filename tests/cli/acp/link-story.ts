/** A line to a door whose server is played by the test, with a clock that only moves when told. */
import type { Result } from '../../../src/core/failure.ts';
import type { Door, Refusal } from '../../../src/cli/acp/door.ts';
import type { DoorSocket, SocketReader } from '../../../src/cli/acp/door-socket.ts';
import { type Frame } from '../../../src/cli/acp/kept-frames.ts';
import { Link, type LinkFailure } from '../../../src/cli/acp/link.ts';
import { FakeClock, settle } from '../../support/sandbox.ts';

export class Socket implements DoorSocket {
  readonly headers: Readonly<Record<string, string>>;
  readonly reader: SocketReader;
  readonly sent: string[] = [];
  isClosed = false;
  isStale = false;
  isPaused = false;

  constructor(headers: Readonly<Record<string, string>>, reader: SocketReader) {
    this.headers = headers;
    this.reader = reader;
  }

  send(text: string): void {
    this.sent.push(text);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(): void {
    this.isClosed = true;
  }
  drop(): void {}

  /** The server takes it, and says how many frames it has had. */
  open(had = 0): void {
    this.reader.opened(new Headers({ 'Acp-Connection-Id': 'c1', 'Acp-Received-Frames': String(had) }));
  }

  break(): void {
    this.reader.closed(1006, '');
  }
}

/** A link whose server is played by the test. */
export class Story {
  readonly clock = new FakeClock();
  readonly sockets: Socket[] = [];
  readonly lost: string[] = [];
  readonly failures: (LinkFailure | undefined)[] = [];
  door: Result<Door, Refusal> = { ok: true, value: { remoteCwd: undefined, maxBytes: 1000 } };
  asked = 0;
  /** What the random is: 0 keeps the whole pause, just below 1 half of it. */
  random = 0;
  readonly link: Link = new Link(
    {
      endpoint: { wire: 'acp', socket: 'ws://door', metadata: 'http://door' },
      headers: { 'X-API-Key': 'k' },
      clock: this.clock,
      random: () => this.random,
      askDoor: async () => {
        this.asked += 1;
        return this.door;
      },
      openSocket: (_, headers, reader) => {
        this.sockets.push(new Socket(headers, reader));
        return this.socket;
      },
    },
    {
      message: () => {},
      connected: (_, lost, unsent) => {
        this.lost.push(...lost.map(({ text }) => text));
        for (const frame of unsent) this.link.send(frame);
      },
      trouble: () => {},
      ended: (failure) => void this.failures.push(failure),
    },
  );

  get socket(): Socket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }

  /** Connected, with a conversation that goes on. */
  static async connected(): Promise<Story> {
    const story = new Story();
    story.link.send(frame('a'));
    await settle();
    story.socket.open();
    story.link.isNeeded = true;
    return story;
  }

  /** How many sockets were opened by then. */
  async after(ms: number): Promise<number> {
    this.clock.advance(ms);
    await settle();
    return this.sockets.length;
  }
}

export const frame = (text: string): Frame => ({ text, from: 'editor' });
