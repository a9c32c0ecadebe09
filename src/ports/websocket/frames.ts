/**
 * Frames of a WebSocket as its client sends and reads them (RFC 6455, 5), without extensions: what a target says is held to the
 * rules, and parts of a message are put together.
 */
import { CLOSE_CODES } from '../../core/close-codes.ts';

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
type Opcode = (typeof OPCODES)[keyof typeof OPCODES];

export type Received =
  | { readonly is: 'message'; readonly data: string | Uint8Array }
  | { readonly is: 'ping'; readonly data: Uint8Array }
  /** Without a code: 1005. */
  | { readonly is: 'close'; readonly code: number; readonly reason: string }
  /** Nothing that comes after it is read. */
  | { readonly is: 'wrong'; readonly code: number };

/** Bytes of one message. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_CONTROL_BYTES = 125;
/** A part of a byte takes a hundred, and holds what it came with: so many of them become one. */
const MANY_PARTS = 256;
const NOTHING = new Uint8Array(0);

interface Head {
  readonly opcode: number;
  readonly final: boolean;
  readonly length: number;
  /** Bytes of the head itself. */
  readonly size: number;
}

interface Message {
  readonly opcode: number;
  /** Each a copy of many parts. */
  readonly gathered: Uint8Array[];
  readonly parts: Uint8Array[];
  length: number;
}

class Wrong extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`close code ${code}`);
    this.code = code;
  }
}

export class FrameReader {
  /** Of a frame that is not whole yet. */
  #parts: Uint8Array[] = [];
  #held = 0;
  /** Bytes that it takes to go on. */
  #needed = 2;
  /** Of a message whose last frame has not come. */
  #message: Message | undefined;
  #wrong = false;

  /** What these bytes complete. They are kept, not copied. */
  read(bytes: Uint8Array): Received[] {
    if (this.#wrong) return [];
    this.#parts.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return [];
    const found: Received[] = [];
    try {
      this.#take(joined(this.#parts), found);
    } catch (error) {
      if (!(error instanceof Wrong)) throw error;
      this.#wrong = true;
      this.#parts = [];
      found.push({ is: 'wrong', code: error.code });
    }
    return found;
  }

  #take(bytes: Uint8Array, found: Received[]): void {
    let at = 0;
    this.#needed = 2;
    for (;;) {
      const head = headAt(bytes, at);
      if (typeof head === 'number') {
        this.#needed = head;
        break;
      }
      this.#check(head);
      const end = at + head.size + head.length;
      if (end > bytes.length) {
        this.#needed = end - at;
        break;
      }
      const received = this.#frame(head, bytes.subarray(at + head.size, end));
      if (received !== undefined) found.push(received);
      at = end;
    }
    this.#parts = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#held = bytes.length - at;
  }

  /** Before its payload is waited for. */
  #check({ opcode, final, length }: Head): void {
    if (opcode >= OPCODES.close) {
      if (!final || length > MAX_CONTROL_BYTES || opcode > OPCODES.pong) throw new Wrong(CLOSE_CODES.protocolError);
      return;
    }
    if (opcode > OPCODES.binary) throw new Wrong(CLOSE_CODES.protocolError);
    if ((opcode === OPCODES.continuation) !== (this.#message !== undefined)) throw new Wrong(CLOSE_CODES.protocolError);
    if ((this.#message?.length ?? 0) + length > MAX_MESSAGE_BYTES) throw new Wrong(CLOSE_CODES.messageTooBig);
  }

  #frame({ opcode, final }: Head, payload: Uint8Array): Received | undefined {
    switch (opcode) {
      case OPCODES.ping:
        return { is: 'ping', data: payload };
      case OPCODES.pong:
        return undefined;
      case OPCODES.close:
        return closeOf(payload);
      default:
        return this.#part(opcode, final, payload);
    }
  }

  #part(opcode: number, final: boolean, payload: Uint8Array): Received | undefined {
    const message = (this.#message ??= { opcode, gathered: [], parts: [], length: 0 });
    const { gathered, parts } = message;
    // An endless row of empty frames takes no memory.
    if (payload.length > 0) parts.push(payload);
    if (parts.length === MANY_PARTS) gathered.push(joined(parts.splice(0)));
    message.length += payload.length;
    if (!final) return undefined;
    this.#message = undefined;
    const whole = joined([...gathered, ...parts]);
    return { is: 'message', data: message.opcode === OPCODES.text ? textOf(whole) : whole };
  }
}

/** A number: so many bytes it takes to know. */
function headAt(bytes: Uint8Array, at: number): Head | number {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return 2;
  // Bits of extensions, of which we offered none; and a server masks nothing.
  if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new Wrong(CLOSE_CODES.protocolError);
  const size = second === 126 ? 4 : second === 127 ? 10 : 2;
  if (bytes.length < at + size) return size;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
  const length = size === 2 ? second : size === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
  return { opcode: first & 0x0f, final: (first & 0x80) !== 0, length, size };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Wrong(1007);
  }
}

function closeOf(payload: Uint8Array): Received {
  if (payload.length === 0) return { is: 'close', code: CLOSE_CODES.noStatus, reason: '' };
  const code = payload.length === 1 ? 0 : new DataView(payload.buffer, payload.byteOffset).getUint16(0);
  if (!maySay(code)) throw new Wrong(CLOSE_CODES.protocolError);
  return { is: 'close', code, reason: textOf(payload.subarray(2)) };
}

/** Codes that a close frame may have (RFC 6455, 7.4). */
export const maySay = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== CLOSE_CODES.noStatus && code !== CLOSE_CODES.abnormal) ||
  (code >= 3000 && code <= 4999);

/** One frame of a client, masked (RFC 6455, 5.3). `key`: four random bytes. */
export function clientFrame(opcode: Opcode, payload: Uint8Array, key: Uint8Array): Uint8Array {
  const { length } = payload;
  const size = (length < 126 ? 2 : length < 65_536 ? 4 : 10) + 4;
  // The payload begins at a multiple of four, so that it is masked four bytes at a time.
  const start = Math.ceil(size / 4) * 4;
  const buffer = new ArrayBuffer(start + Math.ceil(length / 4) * 4);
  const frame = new Uint8Array(buffer, start - size, size + length);
  const view = new DataView(buffer, start - size, size);
  view.setUint8(0, 0x80 | opcode);
  view.setUint8(1, 0x80 | (size === 6 ? length : size === 8 ? 126 : 127));
  if (size === 8) view.setUint16(2, length);
  if (size === 14) view.setBigUint64(2, BigInt(length));
  frame.set(key.subarray(0, 4), size - 4);
  frame.set(payload, size);
  const words = new Uint32Array(buffer, start);
  const mask = new Uint32Array(Uint8Array.from(key.subarray(0, 4)).buffer)[0] ?? 0;
  for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) ^ mask;
  return frame;
}

/** Payload of a close frame; nothing for a close without a code. */
export function closePayload(code: number, reason: string): Uint8Array {
  if (!maySay(code)) return NOTHING;
  const text = new TextEncoder().encode(reason).subarray(0, MAX_CONTROL_BYTES - 2);
  const payload = new Uint8Array(2 + text.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(text, 2);
  return payload;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first = NOTHING, second] = parts;
  return second === undefined ? first : Buffer.concat(parts);
}
