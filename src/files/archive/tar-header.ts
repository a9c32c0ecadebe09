/**
 * The blocks in front of an entry of a tar archive: ustar, with what does not fit in records of pax in front of it. A name that
 * is no UTF-8, which pax cannot hold, is in a header of GNU tar's instead. Our own, since libraries that write tar take names as text.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, https://www.gnu.org/software/tar/manual/html_node/Standard.html
 */
import { bytesOf } from './name-bytes.ts';
import type { ArchiveEntry } from './archive-entry.ts';

export const BLOCK = 512;
const TYPES = { file: '0', link: '2', folder: '5', pax: 'x', longName: 'L', longTarget: 'K' } as const;
const NAME_BYTES = 100;
const MAX_OCTAL_SIZE = 0o77777777777;
const MAX_ID = 0o7777777;

export function tarHeader(entry: ArchiveEntry): Uint8Array {
  const name = bytesOf(entry.type === 'folder' ? `${entry.name}/` : entry.name);
  const target = entry.type === 'link' ? bytesOf(entry.target) : new Uint8Array();
  const size = entry.type === 'file' ? entry.size : 0;
  const blocks: Uint8Array[] = [];
  const records: Uint8Array[] = [];
  const carry = (value: Uint8Array, keyword: string, gnu: 'longName' | 'longTarget') => {
    if (isPlain(value)) return;
    if (isText(value)) records.push(record(keyword, value));
    else blocks.push(...extension(gnu, Buffer.concat([value, new Uint8Array(1)])));
  };
  carry(name, 'path', 'longName');
  carry(target, 'linkpath', 'longTarget');
  if (size > MAX_OCTAL_SIZE) records.push(record('size', Buffer.from(String(size))));
  // The header itself has whole seconds.
  const milliseconds = entry.modifiedAt % 1000;
  if (milliseconds > 0) records.push(record('mtime', Buffer.from(String(entry.modifiedAt / 1000))));
  if (records.length > 0) blocks.push(...extension('pax', Buffer.concat(records)));
  const { mode, modifiedAt, uid, gid } = entry;
  blocks.push(block({ type: TYPES[entry.type], name, target, size, mode, modifiedAt, uid, gid }));
  return Buffer.concat(blocks);
}

/** What fills the last block of so many bytes. */
export const tarPadding = (bytes: number): Uint8Array => new Uint8Array((BLOCK - (bytes % BLOCK)) % BLOCK);

/** Two empty blocks, and whole records of twenty, as readers of tapes have them. */
export const tarEnd = (bytes: number): Uint8Array => {
  const blocking = 20 * BLOCK;
  const atLeast = bytes + 2 * BLOCK;
  return new Uint8Array(Math.ceil(atLeast / blocking) * blocking - bytes);
};

const isText = (bytes: Uint8Array): boolean => Buffer.from(Buffer.from(bytes).toString('utf8')).equals(bytes);
const isPlain = (bytes: Uint8Array): boolean => bytes.length <= NAME_BYTES && bytes.every((byte) => byte < 0x80);

/** `LENGTH KEYWORD=VALUE\n`, where the length counts its own digits, too. */
function record(keyword: string, value: Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${keyword}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

const extension = (type: 'pax' | 'longName' | 'longTarget', content: Uint8Array): Uint8Array[] => [
  block({
    type: TYPES[type],
    name: Buffer.from(type === 'pax' ? 'PaxHeader' : '././@LongLink'),
    target: new Uint8Array(),
    size: content.length,
    mode: 0o644,
    modifiedAt: 0,
    uid: 0,
    gid: 0,
  }),
  content,
  tarPadding(content.length),
];

interface Fields {
  readonly type: string;
  readonly name: Uint8Array;
  readonly target: Uint8Array;
  readonly size: number;
  readonly mode: number;
  readonly modifiedAt: number;
  readonly uid: number;
  readonly gid: number;
}

function block({ type, name, target, size, mode, modifiedAt, uid, gid }: Fields): Uint8Array {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    bytes.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  bytes.set(name.subarray(0, NAME_BYTES), 0);
  octal(mode, 100, 7);
  octal(uid > MAX_ID ? 0 : uid, 108, 7);
  octal(gid > MAX_ID ? 0 : gid, 116, 7);
  octal(size > MAX_OCTAL_SIZE ? 0 : size, 124, 11);
  octal(Math.max(0, Math.floor(modifiedAt / 1000)), 136, 11);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156, 'latin1');
  bytes.set(target.subarray(0, NAME_BYTES), 157);
  bytes.write('ustar\x0000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
