/** Where a port is reached: loopback alone, IPv4 first, never a name that a request gives. */
import { codeOf } from '../../../core/failure.ts';
import { isConnected } from '../../../ports/is-connected.ts';

export const LOOPBACK = ['127.0.0.1', '[::1]'] as const;

const REFUSED: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ConnectionRefused', 'EADDRNOTAVAIL']);

/** Whether nothing listens there. */
export const isRefusal = (error: unknown): boolean => REFUSED.has(codeOf(error));

/** Of this machine, an answer comes at once; Windows asks again for a while where nobody listens. */
const CONNECT_MS = 2000;

/** The first address that takes a connection; undefined: none. For requests whose body can be sent only once. */
export async function openAddress(port: number): Promise<(typeof LOOPBACK)[number] | undefined> {
  for (const address of LOOPBACK) if (await takesConnection(address, port)) return address;
  return undefined;
}

async function takesConnection(address: string, port: number): Promise<boolean> {
  let isTaken = false;
  const connected = Bun.connect({
    hostname: address.replace(/[[\]]/g, ''),
    port,
    // One that opens too late is let go of, too.
    socket: {
      open(socket) {
        isTaken = isConnected(socket);
        socket.end();
      },
      data() {},
      error() {},
      connectError() {},
    },
  }).then(
    () => isTaken,
    () => false,
  );
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), CONNECT_MS);
  try {
    return await Promise.race([connected, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
