/**
 * A WebSocket client that can also do what no client library would: read nothing, answer no ping, send frames of any
 * kind and size, vanish without a word.
 */
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

export class RawWebSocket implements Disposable {
  readonly #pongs: boolean;
  readonly #connected = Promise.withResolvers<number>();
  readonly #closed = Promise.withResolvers<Closed>();
  #socket: Bun.Socket | undefined;
  #head = '';
  #answer = '';
  #status: number | undefined;
  #got: Buffer[] = [];
  #gotBytes = 0;
  /** That there must be before what has come is put together: doing so for each piece of a long frame takes the square of its length. */
  #neededBytes = 2;
  /** Waiting to be taken by the kernel: Bun's `write` takes what fits. */
  #unsent: Buffer[] = [];

  /** Text frames so far, where nobody has another use for them. */
  readonly texts: string[] = [];
  pings = 0;
  /** The answer's body, where it was no upgrade. */
  refusal = '';

  protected constructor(pongs: boolean) {
    this.#pongs = pongs;
  }

  /** Resolves when the server has answered; `status` is 101 for a socket. */
  static async open(url: string, options: ClientOptions = {}): Promise<RawWebSocket> {
    const client = new RawWebSocket(options.pongs ?? true);
    await client.connect(url, options);
    return client;
  }

  protected async connect(url: string, { headers = {}, lines = [] }: ClientOptions): Promise<void> {
    const { hostname, port, host, pathname, search } = new URL(url);
    this.#socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data: (_socket, chunk) => this.#take(chunk),
        drain: () => this.#flush(),
        close: () => this.#end({ code: 1006, reason: '' }),
        error: () => this.#end({ code: 1006, reason: '' }),
      },
    });
    const given = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    const shake = [
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${KEY}`,
    ];
    this.#write(Buffer.from([`GET ${pathname}${search} HTTP/1.1`, ...given, ...lines, ...shake, '', ''].join('\r\n')));
    await this.#connected.promise;
  }

  /** Of the answer to the upgrade. */
  get status(): number {
    return this.#status ?? 0;
  }

  /** A header of that answer. */
  header(name: string): string | undefined {
    return new RegExp(`^${name}: (.*)$`, 'im').exec(this.#answer)?.[1];
  }

  get closed(): Promise<Closed> {
    return this.#closed.promise;
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

  /** A text frame has come. */
  protected takeText(text: string, _bytes: number): void {
    this.texts.push(text);
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
    this.#answer = this.#head.slice(0, end).replaceAll('\r', '');
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
    if (this.#gotBytes < this.#neededBytes) return;
    let all = Buffer.concat(this.#got);
    let frame = frameOf(all);
    for (; frame.end <= all.length; frame = frameOf(all)) {
      const payload = all.subarray(frame.start, frame.end);
      all = all.subarray(frame.end);
      this.#takeFrame(frame.opcode, payload);
    }
    this.#got = [all];
    this.#gotBytes = all.length;
    this.#neededBytes = frame.end;
  }

  #takeFrame(opcode: number, payload: Buffer): void {
    if (opcode === PING) {
      this.pings += 1;
      if (this.#pongs) this.sendFrame(PONG, payload);
    } else if (opcode === CLOSE) {
      const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.#end({ code, reason: payload.subarray(2).toString() });
    } else if (opcode === TEXT) {
      this.takeText(payload.toString(), payload.length);
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

/** Where it ends, as far as its beginning tells. */
function frameOf(bytes: Buffer): { opcode: number; start: number; end: number } {
  const short = (bytes[1] ?? 0) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return { opcode: 0, start, end: start };
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { opcode: (bytes[0] ?? 0) & 0x0f, start, end: start + length };
}
