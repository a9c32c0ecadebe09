/**
 * Which ports speak HTTP: each is asked once, in a request that asks for nothing (`OPTIONS *`, RFC 9110, 9.3.7), and has a second
 * for the first bytes of an answer. It is a connection that the program behind the port sees, so nobody makes one unasked.
 */
import { PortConnection } from './connection.ts';

const ANSWER_MS = 1000;
/** Connections at once. */
const AT_ONCE = 32;
const BEGINNING = 'HTTP/1.';

/** Those of the ports that do. */
export async function portsWithHttp(ports: readonly number[]): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const left = [...new Set(ports)].values();
  const worker = async () => {
    for (const port of left) if (await speaksHttp(port)) found.add(port);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return found;
}

async function speaksHttp(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let heard = '';
  const connection = new PortConnection({
    opened: () => {},
    data(bytes) {
      heard += Buffer.from(bytes.subarray(0, BEGINNING.length)).toString('latin1');
      if (!BEGINNING.startsWith(heard.slice(0, BEGINNING.length))) resolve(false);
      else if (heard.length >= BEGINNING.length) resolve(true);
    },
    theirEnd: () => resolve(false),
    closed: () => resolve(false),
  });
  const timer = setTimeout(() => resolve(false), ANSWER_MS);
  connection.write(Buffer.from(`OPTIONS * HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`));
  void connection.connect(port);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    connection.terminate();
  }
}
