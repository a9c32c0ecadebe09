/**
 * The table of TCP sockets as Linux writes it: /proc/net/tcp and tcp6 (proc_net(5)). Addresses are hexadecimal, each word of
 * 32 bits in the byte order of the machine, which is little-endian on all that this program is built for.
 */

export interface TcpRow {
  readonly address: string;
  readonly port: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly uid: number;
  readonly inode: string;
}

/** TCP_LISTEN. */
const LISTEN = '0A';
const IPV4_DIGITS = 8;

/** The rows of sockets that listen. */
export function listeningRows(text: string): TcpRow[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , uid, , inode = ''] = line.trim().split(/\s+/);
    if (state !== LISTEN) return [];
    const [address = '', port = ''] = local.split(':');
    const family = address.length === IPV4_DIGITS ? 'ipv4' : 'ipv6';
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), family, uid: Number(uid), inode }];
  });
}

function addressOf(digits: string): string {
  const bytes = (digits.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  return bytes.length === 4 ? bytes.map((byte) => Number.parseInt(byte, 16)).join('.') : ipv6Of(bytes.join(''));
}

/** 32 hexadecimal digits in the shortest form (RFC 5952), which URLs have too. */
export function ipv6Of(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).join(':');
  return URL.parse(`http://[${groups}]`)?.hostname.slice(1, -1) ?? groups;
}
