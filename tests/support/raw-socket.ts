/** A client of WebSockets that sees what there is to see: the status of a refusal, opcodes, close frames, as they come. */
import { connect, type Socket } from 'node:net';

export interface SeenFrame {
  readonly opcode: number;
  /** Of the payload, of bytes as Latin-1; of a close frame, its reason. */
  readonly text: string;
  readonly code?: number;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

export class RawSocket implements AsyncDisposable {
  readonly #socket: Socket;
  #held = Buffer.alloc(0);
  #wake = (): void => {};
  #ended = false;
  status = 0;
  headers = new Headers();
  body = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#held = Buffer.concat([this.#held, bytes]);
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Resolves with the answer, whatever it is. A header that is empty is left out. */
  static async open(url: URL, headers: Readonly<Record<string, string>>): Promise<RawSocket> {
    const opened = new RawSocket(connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true }));
    const all = {
      host: url.host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': KEY,
      'sec-websocket-version': '13',
      'sec-websocket-extensions': 'permessage-deflate',
      ...headers,
    };
    const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}`]));
    opened.#socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    await opened.#answered();
    return opened;
  }

  /** Head of a 101 for the key of a request. */
  static accept(key: string): string {
    const accept = new Bun.CryptoHasher('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
  }

  async #answered(): Promise<void> {
    await this.#until(() => this.#held.includes('\r\n\r\n'));
    const end = this.#held.indexOf('\r\n\r\n');
    const [first = '', ...lines] = this.#held.toString('latin1', 0, end).split('\r\n');
    this.#held = this.#held.subarray(end + 4);
    this.status = Number(first.split(' ')[1]);
    for (const line of lines) this.headers.append(line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1));
    if (this.status === 101) return;
    const length = Number(this.headers.get('content-length') ?? 0);
    await this.#until(() => this.#held.length >= length);
    this.body = this.#held.toString('utf8', 0, length);
    this.destroy();
  }

  /** Undefined where the connection has ended. */
  async next(): Promise<SeenFrame | undefined> {
    await this.#until(() => this.#size() !== undefined);
    const size = this.#size();
    if (size === undefined) return undefined;
    const [head, length] = size;
    const opcode = (this.#held[0] ?? 0) & 0x0f;
    const payload = this.#held.subarray(head, head + length);
    this.#held = this.#held.subarray(head + length);
    if (opcode !== 8) return { opcode, text: payload.toString(opcode === 2 ? 'latin1' : 'utf8') };
    return { opcode, text: payload.toString('utf8', 2), code: length === 0 ? 1005 : payload.readUInt16BE(0) };
  }

  /** Bytes of head and payload of the next frame; undefined while it is not whole. */
  #size(): readonly [number, number] | undefined {
    const short = (this.#held[1] ?? 0) & 0x7f;
    const head = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#held.length < head) return undefined;
    const length = head === 2 ? short : head === 4 ? this.#held.readUInt16BE(2) : Number(this.#held.readBigUInt64BE(2));
    return this.#held.length < head + length ? undefined : [head, length];
  }

  /** Masked with zeros, which leaves the payload as it is. */
  send(opcode: number, payload: Buffer, final = true): void {
    const { length } = payload;
    const head = Buffer.alloc((length < 126 ? 2 : length < 65_536 ? 4 : 10) + 4);
    head[0] = (final ? 0x80 : 0) | opcode;
    head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
    if (head.length === 8) head.writeUInt16BE(length, 2);
    if (head.length === 14) head.writeBigUInt64BE(BigInt(length), 2);
    this.#socket.write(head);
    this.#socket.write(payload);
  }

  close(code: number, reason: string): void {
    const payload = Buffer.concat([Buffer.alloc(2), Buffer.from(reason)]);
    payload.writeUInt16BE(code);
    this.send(8, payload);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
  }

  async #until(met: () => boolean): Promise<void> {
    while (!met() && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** A target that answers a handshake with these bytes, made of its key. */
export function rawTarget(answer: (key: string) => string | Buffer, { ends = false, reads = true } = {}) {
  const heard: Buffer[] = [];
  let answered = false;
  const target = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket, data) {
        heard.push(Buffer.from(data));
        const [, key] = /sec-websocket-key: (\S+)/i.exec(Buffer.concat(heard).toString('latin1')) ?? [];
        if (answered || key === undefined) return;
        answered = true;
        socket.write(answer(key));
        if (ends) socket.end();
        if (!reads) socket.pause();
      },
    },
  });
  return { port: target.port, heard, [Symbol.dispose]: () => target.stop(true) };
}
