/**
 * The table of TCP sockets that listen, as GetExtendedTcpTable writes it, with the process of each.
 * https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable
 */
import { iphlpapi } from '../../api/windows/iphlpapi.ts';
import { WindowsError } from '../../api/windows/handle.ts';
import { ipv6Of } from '../posix/proc-net.ts';

export interface TcpRow {
  readonly address: string;
  readonly port: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly pid: number;
}

const TCP_TABLE_OWNER_PID_LISTENER = 3;
const ERROR_INSUFFICIENT_BUFFER = 122;
/** The table may grow between the question for its size and the one for itself. */
const MAX_TRIES = 8;
/** Bytes of the count before the rows. */
const HEAD_BYTES = 4;

/** MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID: where in a row the address, the port and the process stand. */
const IPV4 = { family: 'ipv4', number: 2, bytes: 24, address: 4, length: 4, port: 8, pid: 20 } as const;
const IPV6 = { family: 'ipv6', number: 23, bytes: 56, address: 0, length: 16, port: 20, pid: 52 } as const;
type Layout = typeof IPV4 | typeof IPV6;

export const listeningRows = (): TcpRow[] => [IPV4, IPV6].flatMap((layout) => rowsIn(tableOf(layout), layout));

function tableOf({ number }: Layout): Uint8Array<ArrayBuffer> {
  const size = new Uint32Array([4096]);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const table = new Uint8Array(size[0] ?? 0);
    const code = iphlpapi().GetExtendedTcpTable(table, size, 0, number, TCP_TABLE_OWNER_PID_LISTENER, 0);
    if (code === 0) return table;
    if (code !== ERROR_INSUFFICIENT_BUFFER) throw new WindowsError('GetExtendedTcpTable', code);
  }
  throw new WindowsError('GetExtendedTcpTable', ERROR_INSUFFICIENT_BUFFER);
}

export function rowsIn(table: Uint8Array<ArrayBuffer>, layout: Layout): TcpRow[] {
  const view = new DataView(table.buffer);
  return Array.from({ length: view.getUint32(0, true) }, (_, index) => {
    const at = HEAD_BYTES + index * layout.bytes;
    const address = table.subarray(at + layout.address, at + layout.address + layout.length);
    return {
      address: layout.family === 'ipv4' ? address.join('.') : ipv6Of(address.toHex()),
      // Of a field of 32 bits the first two bytes, in the byte order of the network.
      port: view.getUint16(at + layout.port),
      family: layout.family,
      pid: view.getUint32(at + layout.pid, true),
    };
  });
}
