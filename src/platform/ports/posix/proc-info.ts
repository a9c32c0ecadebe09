/** The structures of <sys/proc_info.h> (macOS), as far as they are read here. */
import { ipv6Of } from './proc-net.ts';

/** struct proc_fdinfo: number and kind. */
export const DESCRIPTOR_BYTES = 8;
const PROX_FDTYPE_SOCKET = 2;

/** Numbers of the descriptors that are sockets. */
export function socketDescriptors(list: Uint8Array<ArrayBuffer>): number[] {
  const view = new DataView(list.buffer, list.byteOffset, list.length);
  return Array.from({ length: Math.floor(list.length / DESCRIPTOR_BYTES) }, (_, at) => at * DESCRIPTOR_BYTES).flatMap(
    (at) => (view.getUint32(at + 4, true) === PROX_FDTYPE_SOCKET ? [view.getInt32(at, true)] : []),
  );
}

/** struct socket_fdinfo. */
export const SOCKET_INFO_BYTES = 792;
/** Behind struct proc_fileinfo (24) and struct vinfo_stat (136): struct socket_info. */
const SOCKET = 160;
const SOCKET_ID = SOCKET;
const SOCKET_KIND = 256;
/** struct tcp_sockinfo, which begins with struct in_sockinfo (80). */
const TCP = 264;
const LOCAL_PORT = TCP + 4;
const VERSION_FLAG = TCP + 24;
const LOCAL_ADDRESS = TCP + 48;
const TCP_STATE = TCP + 80;
const SOCKINFO_TCP = 2;
const TSI_S_LISTEN = 1;
const INI_IPV4 = 1;

/** Undefined where it does not listen. */
export function listenerIn(info: Uint8Array<ArrayBuffer>) {
  const view = new DataView(info.buffer);
  if (view.getInt32(SOCKET_KIND, true) !== SOCKINFO_TCP || view.getInt32(TCP_STATE, true) !== TSI_S_LISTEN)
    return undefined;
  const isIpv4 = (view.getUint8(VERSION_FLAG) & INI_IPV4) !== 0;
  const address = info.subarray(LOCAL_ADDRESS, LOCAL_ADDRESS + 16);
  return {
    key: String(view.getBigUint64(SOCKET_ID, true)),
    // An int that holds the port in the byte order of the network.
    port: view.getUint16(LOCAL_PORT),
    // struct in4in6_addr: twelve bytes of padding before an IPv4 address.
    address: isIpv4 ? address.subarray(12).join('.') : ipv6Of(address.toHex()),
    family: isIpv4 ? ('ipv4' as const) : ('ipv6' as const),
  };
}

/** struct proc_bsdshortinfo. */
export const USER_BYTES = 64;
/** Behind pid, ppid, pgid, status, name (16) and flags. */
const UID = 36;

export const uidIn = (info: Uint8Array<ArrayBuffer>): number => new DataView(info.buffer).getUint32(UID, true);
