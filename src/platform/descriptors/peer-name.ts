/** One name for one peer, whoever says its address: the kernel in bytes, Bun in text. */

/** Of the address as text. IPv6 has many spellings; the URL parser knows one. */
export function peerName({ address, port }: { readonly address: string; readonly port: number }): string {
  if (!address.includes(':')) return `${address} ${port}`;
  const [plain = address] = address.split('%');
  return `${URL.parse(`http://[${plain}]`)?.hostname ?? plain} ${port}`;
}

export type Family = 'ipv4' | 'ipv6';

/** Of a `struct sockaddr_in` or `sockaddr_in6`: the port behind two bytes, in network order, then the address. */
export function peerNameOf(address: DataView, family: Family): string {
  const port = address.getUint16(2);
  if (family === 'ipv4') return `${[4, 5, 6, 7].map((at) => address.getUint8(at)).join('.')} ${port}`;
  const groups = Array.from({ length: 8 }, (_, index) => address.getUint16(8 + 2 * index).toString(16));
  return peerName({ address: groups.join(':'), port });
}
