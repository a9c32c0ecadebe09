/** A client of HTTP/1.1 that sends what it is told, and reads answers strictly: what it takes for whole, every client does. */
import { connect, type Socket } from 'node:net';
import { waitFor } from './wait.ts';

export interface WholeAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Names in small letters, in their order. */
  readonly headers: readonly (readonly [string, string])[];
  /** Characters are bytes, without the framing. */
  readonly body: string;
}

/** The connection ended before the answer was whole. */
export const BROKEN_OFF = 'broken off';

export class RawClient implements Disposable {
  readonly #socket: Socket;
  #got = '';
  #ended = false;

  private constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port });
    this.#socket.on('data', (bytes: Buffer) => (this.#got += bytes.toString('latin1')));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => (this.#ended = true));
  }

  static to(port: number): RawClient {
    return new RawClient(port);
  }

  /** All that has come and was no answer yet. */
  get got(): string {
    return this.#got;
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(text: string): this {
    this.#socket.write(Buffer.from(text, 'latin1'));
    return this;
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Bytes that wait here because nobody takes them. */
  get waiting(): number {
    return this.#socket.writableLength;
  }

  leave(): void {
    this.#socket.destroy();
  }

  /** The next answer but for interim ones; `method`: what it was asked. */
  async answer(method = 'GET'): Promise<WholeAnswer | typeof BROKEN_OFF> {
    return waitFor('an answer', () => {
      const found = readAnswer(this.#got, method, this.#ended);
      if (found === undefined) return this.#ended ? BROKEN_OFF : undefined;
      this.#got = found.rest;
      return found.answer;
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** All values of that header. */
export const valuesOf = ({ headers }: WholeAnswer, name: string): string[] =>
  headers.filter(([one]) => one === name).map(([, value]) => value);

/** Undefined: not whole yet. Throws what no proxy may send. */
function readAnswer(text: string, method: string, ended: boolean): { answer: WholeAnswer; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const [, digits, statusText = ''] = /^HTTP\/1\.1 (\d{3}) ([^\0\r\n]*)$/.exec(first) ?? [];
  if (digits === undefined) throw new Error(`no status line: ${JSON.stringify(first)}`);
  const status = Number(digits);
  const after = text.slice(end + 4);
  if (status < 200) return readAnswer(after, method, ended);
  const headers = lines.map((line) => {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+): ?([^\0\r\n]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line)}`);
    return [name.toLowerCase(), value] as const;
  });
  const framed = bodyOf(after, { status, method, ended, headers });
  return framed && { answer: { status, statusText, headers, body: framed.body }, rest: framed.rest };
}

interface Framing {
  readonly status: number;
  readonly method: string;
  readonly ended: boolean;
  readonly headers: readonly (readonly [string, string])[];
}

function bodyOf(text: string, { status, method, ended, headers }: Framing): { body: string; rest: string } | undefined {
  const of = (name: string) => headers.filter(([one]) => one === name).map(([, value]) => value);
  const [lengths, codings] = [of('content-length'), of('transfer-encoding')];
  if (lengths.length + codings.length > 1) throw new Error(`framed twice: ${JSON.stringify(headers)}`);
  if (method === 'HEAD' || status === 204 || status === 304) return { body: '', rest: text };
  if (codings.length > 0) return chunksOf(text);
  const [length] = lengths;
  if (length === undefined) return ended ? { body: text, rest: '' } : undefined;
  if (!/^\d+$/.test(length)) throw new Error(`no length: ${length}`);
  return text.length < Number(length)
    ? undefined
    : { body: text.slice(0, Number(length)), rest: text.slice(Number(length)) };
}

function chunksOf(text: string): { body: string; rest: string } | undefined {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const line = text.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!/^[\da-f]+$/i.test(text.slice(at, line))) throw new Error(`no chunk: ${JSON.stringify(text.slice(at, line))}`);
    const from = line + 2;
    if (text.length < from + size + 2) return undefined;
    if (text.slice(from + size, from + size + 2) !== '\r\n') throw new Error('a chunk without its end');
    at = from + size + 2;
    if (size === 0) return { body: parts.join(''), rest: text.slice(at) };
    parts.push(text.slice(from, from + size));
  }
}
