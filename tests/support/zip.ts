/** Zip archives as no honest program makes them. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipGiven {
  readonly name: string;
  readonly content: Uint8Array;
  /** Type and rights as Unix has them. Default: a file, 0644. */
  readonly mode?: number;
  /** Bytes that it says to have. Default: as many as it has. */
  readonly size?: number;
  /** Its content is that of the entry before it. */
  readonly shares?: boolean;
}

const FILE = 0o100644;
const UNIX = (3 << 8) | 20;
const DEFLATED = 8;

export function zipOf(entries: readonly ZipGiven[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let [offset, start] = [0, 0];
  for (const { name, content, mode = FILE, size = content.length, shares = false } of entries) {
    const [bytes, packed] = [Buffer.from(name), deflateRawSync(content)];
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(DEFLATED, 4);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(size, 18);
    about.writeUInt16LE(bytes.length, 22);
    if (!shares) {
      start = offset;
      const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), about, bytes, packed]);
      parts.push(local);
      offset += local.length;
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(start, 10);
    const head = Buffer.from('PK\x01\x02\0\0', 'latin1');
    head.writeUInt16LE(UNIX, 4);
    central.push(head, about, tail, bytes);
  }
  const listed = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...parts, listed, end]));
}
