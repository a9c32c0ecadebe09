/** Requests that no client library would send: bytes on a socket. */
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  /** 0 when the server hung up without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export const CRLF = '\r\n';

/** Sends bytes, and resolves when the first answer is whole or the server hangs up. */
export function sendRaw(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  let got = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  const finish = () => {
    socket.destroy();
    resolve(parse(got));
  };
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
    if (isWhole(got)) finish();
  });
  socket.on('close', finish);
  socket.on('error', (error) =>
    got === '' && !('code' in error && error.code === 'ECONNRESET') ? reject(error) : finish(),
  );
  return promise;
}

/** A connection that stays as it is until it is disposed. */
export async function openRaw(port: number, bytes: string): Promise<{ readonly socket: Socket } & Disposable> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => resolve()));
  socket.on('error', reject);
  await promise;
  return { socket, [Symbol.dispose]: () => void socket.destroy() };
}

/** A request's head; `lines` are whole header lines. */
export const head = (method: string, target: string, ...lines: string[]): string =>
  [`${method} ${target} HTTP/1.1`, ...lines, 'Connection: close', '', ''].join(CRLF);

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, end))?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const top = end < 0 ? text : text.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.\d (\d{3})/.exec(top)?.[1] ?? 0),
    head: top,
    body: end < 0 ? '' : text.slice(end + 4),
  };
}
