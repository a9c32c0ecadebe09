/** Where a port is reached: loopback alone, IPv4 first, never a name that a request gives. */
import { codeOf } from '../../../core/failure.ts';

export const LOOPBACK = ['127.0.0.1', '[::1]'] as const;

const REFUSED: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ConnectionRefused', 'EADDRNOTAVAIL']);

/** Whether nothing listens there. */
export const isRefusal = (error: unknown): boolean => REFUSED.has(codeOf(error));

/** The first address that takes a connection; undefined: none. For requests whose body can be sent only once. */
export async function openAddress(port: number): Promise<(typeof LOOPBACK)[number] | undefined> {
  for (const address of LOOPBACK) {
    try {
      const socket = await Bun.connect({
        hostname: address.replace(/[[\]]/g, ''),
        port,
        socket: { data() {}, error() {}, connectError() {} },
      });
      socket.end();
      return address;
    } catch {
      // The next one may.
    }
  }
  return undefined;
}
