/**
 * A WebSocket client that can also do what no client library would: read nothing, answer no ping, send frames of any
 * kind and size, vanish without a word. For terminals: it keeps output and control frames apart.
 */
import { CONTROL_MARK } from '../../src/protocol/control-mark.ts';
import type { TerminalClientFrame, TerminalControlFrame } from '../../src/protocol/terminal-frames.ts';
import { waitFor } from './wait.ts';

export interface ClientOptions {
  /** Default: none, the key included. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole lines more for the head of the request, such as a second Host. */
  readonly lines?: readonly string[];
  /** Whether pings are answered. Default: yes. */
  readonly pongs?: boolean;
}

export interface Closed {
  /** 1006 when the connection ended without a close frame. */
  readonly code: number;
  readonly reason: string;
}

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

export class TerminalClient implements Disposable {
  readonly #pongs: boolean;
  readonly #connected = Promise.withResolvers<number>();
  readonly #closed = Promise.withResolvers<Closed>();
  #socket: Bun.Socket | undefined;
  #head = '';
  #status: number | undefined;
  #got: Buffer[] = [];
  #gotBytes = 0;
  /** Waiting to be taken by the kernel: Bun's `write` takes what fits. */
  #unsent: Buffer[] = [];

  /** All output so far. */
  output = '';
  /** How many bytes of UTF-8 that is. */
  outputBytes = 0;
  /** Length of each output frame, in bytes. */
  readonly frameBytes: number[] = [];
  readonly controls: TerminalControlFrame[] = [];
  pings = 0;
  /** The answer's body, where it was no upgrade. */
  refusal = '';

  private constructor(pongs: boolean) {
    this.#pongs = pongs;
  }

  /** Resolves when the server has answered; `status` is 101 for a socket. */
  static async open(
    url: string,
    { headers = {}, lines = [], pongs = true }: ClientOptions = {},
  ): Promise<TerminalClient> {
    const { hostname, port, host, pathname, search } = new URL(url);
    const client = new TerminalClient(pongs);
    client.#socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (_socket, chunk) => client.#take(chunk),
        drain: () => client.#flush(),
        close: () => client.#end({ code: 1006, reason: '' }),
        error: () => client.#end({ code: 1006, reason: '' }),
      },
    });
    const given = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    const shake = [
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${KEY}`,
    ];
    client.#write(
      Buffer.from([`GET ${pathname}${search} HTTP/1.1`, ...given, ...lines, ...shake, '', ''].join('\r\n')),
    );
    await client.#connected.promise;
    return client;
  }

  /** Of the answer to the upgrade. */
  get status(): number {
    return this.#status ?? 0;
  }

  get closed(): Promise<Closed> {
    return this.#closed.promise;
  }

  send(frame: TerminalClientFrame): void {
    this.sendText(JSON.stringify(frame));
  }

  type(data: string): void {
    this.send({ type: 'input', data });
  }

  sendText(text: string | Uint8Array): void {
    this.sendFrame(TEXT, typeof text === 'string' ? Buffer.from(text) : text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.sendFrame(BINARY, bytes);
  }

  /** `declared`: the length its head tells, where that is a lie. */
  sendFrame(opcode: number, payload: Uint8Array, declared = payload.length): void {
    this.#write(maskedHead(opcode, declared), Buffer.from(payload));
  }

  sendBytes(bytes: string | Uint8Array): void {
    this.#write(Buffer.from(bytes as string));
  }

  /** Reads nothing any more. */
  stopReading(): void {
    this.#socket?.pause();
  }

  readAgain(): void {
    this.#socket?.resume();
  }

  close(code = 1000): void {
    this.sendFrame(CLOSE, Buffer.from([code >> 8, code & 0xff]));
  }

  /** Gone from one instant to the next. */
  vanish(): void {
    this.#socket?.terminate();
  }

  async printed(text: string | RegExp): Promise<string> {
    let seen = 0;
    const has = () => {
      if (typeof text !== 'string') return text.test(this.output);
      const from = Math.max(0, seen - text.length);
      seen = this.output.length;
      return this.output.includes(text, from);
    };
    try {
      return await waitFor(`the terminal to print ${String(text)}`, () => (has() ? this.output : undefined));
    } catch (error) {
      throw new Error(`${String(error)}; it printed ${JSON.stringify(this.output.slice(-500))}`, { cause: error });
    }
  }

  /** The first control frame of that type, or the one after the first `skip`. */
  async told<T extends TerminalControlFrame['type']>(
    type: T,
    skip = 0,
  ): Promise<Extract<TerminalControlFrame, { type: T }>> {
    return waitFor(`a control frame ${type}`, () => this.#toldOf(type)[skip]);
  }

  #toldOf<T extends TerminalControlFrame['type']>(type: T): Extract<TerminalControlFrame, { type: T }>[] {
    const isOfType = (frame: TerminalControlFrame): frame is Extract<TerminalControlFrame, { type: T }> =>
      frame.type === type;
    return this.controls.filter(isOfType);
  }

  [Symbol.dispose](): void {
    this.vanish();
  }

  #write(...parts: Buffer[]): void {
    this.#unsent.push(...parts);
    this.#flush();
  }

  #flush(): void {
    for (let next = this.#unsent.shift(); next !== undefined; next = this.#unsent.shift()) {
      const sent = this.#socket?.write(next) ?? 0;
      if (sent >= next.length) continue;
      this.#unsent.unshift(next.subarray(Math.max(0, sent)));
      return;
    }
  }

  #take(chunk: Uint8Array): void {
    if (this.#status !== 101) return this.#takeHead(Buffer.from(chunk).toString('latin1'));
    this.#got.push(Buffer.from(chunk));
    this.#gotBytes += chunk.length;
    this.#readFrames();
  }

  #takeHead(text: string): void {
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    this.#status = Number(/^HTTP\/1\.1 (\d{3})/.exec(this.#head)?.[1]);
    const rest = this.#head.slice(end + 4);
    if (this.#status === 101) {
      this.#head = '';
      this.#take(Buffer.from(rest, 'latin1'));
    } else {
      this.refusal = rest;
      if (rest.length < Number(/content-length: (\d+)/i.exec(this.#head)?.[1] ?? 0)) {
        this.#status = undefined;
        return;
      }
    }
    this.#connected.resolve(this.#status);
  }

  #readFrames(): void {
    if (this.#gotBytes < 2) return;
    let all = this.#got.length === 1 ? (this.#got[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#got);
    for (let frame = parseFrame(all); frame !== undefined; frame = parseFrame(all)) {
      all = all.subarray(frame.end);
      this.#takeFrame(frame.opcode, frame.payload);
    }
    this.#got = [all];
    this.#gotBytes = all.length;
  }

  #takeFrame(opcode: number, payload: Buffer): void {
    if (opcode === PING) {
      this.pings += 1;
      if (this.#pongs) this.sendFrame(PONG, payload);
    } else if (opcode === CLOSE) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#end({ code, reason: payload.subarray(2).toString() });
    } else if (opcode === TEXT) {
      const text = payload.toString();
      if (text.startsWith(CONTROL_MARK)) this.controls.push(JSON.parse(text.slice(1)) as TerminalControlFrame);
      else {
        this.output += text;
        this.outputBytes += payload.length;
        this.frameBytes.push(payload.length);
      }
    }
  }

  #end(closed: Closed): void {
    this.#status ??= 0;
    this.#connected.resolve(this.#status);
    this.#closed.resolve(closed);
  }
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** A whole message's head, with a mask of zeros, which changes nothing. */
function maskedHead(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, 0x80 | length, 0, 0, 0, 0]);
  const head = Buffer.alloc(length < 65_536 ? 8 : 14);
  head[0] = first;
  head[1] = 0x80 | (length < 65_536 ? 126 : 127);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function parseFrame(bytes: Buffer): { opcode: number; payload: Buffer; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: bytes.subarray(start, end), end };
}
