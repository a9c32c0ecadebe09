/** A file that is copied to a server, read in parts: one of this machine, or of another server. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Client } from '../../client/client.ts';
import { thingHere } from './here.ts';
import { Refusal } from './refusal.ts';
import type { Side } from './side.ts';
import type { Thing } from './thing.ts';

export interface FileSource extends AsyncDisposable {
  readonly thing: Thing;
  /** The bytes from one offset up to another, fewer at the end. */
  part(from: number, to: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Whether it is the version that it was. */
  isStill(): Promise<boolean>;
}

export const openSource = (side: Side, thing: Thing, signal: AbortSignal): Promise<FileSource> | FileSource =>
  side.at === 'here' ? openHere(thing) : onServer(side.client, thing, signal);

/** A pipe that has taken the file's place is not waited for. Windows has no such flag, and `|` takes an undefined for 0. */
const READING = constants.O_RDONLY | constants.O_NONBLOCK;

async function openHere(thing: Thing): Promise<FileSource> {
  const file = await open(thing.path, READING);
  const source: FileSource = {
    thing,
    async part(from, to) {
      const bytes = new Uint8Array(to - from);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    isStill: async () => (await thingHere(thing.path))?.version === thing.version,
    [Symbol.asyncDispose]: () => file.close(),
  };
  let isKept = false;
  try {
    if (!(await file.stat()).isFile()) throw new Refusal(`${thing.path} is no file any more`);
    isKept = true;
    return source;
  } finally {
    if (!isKept) await file.close();
  }
}

/** `If-Match` has its server refuse another version. */
const onServer = (client: Client, thing: Thing, signal: AbortSignal): FileSource => ({
  thing,
  async part(from, to) {
    // What says 0 has no parts: it is read to its end.
    const options = thing.size === 0 ? {} : { from, to, version: thing.version };
    return (await client.files.read(thing.path, { ...options, signal })).bytes();
  },
  isStill: async () => (await client.files.stat(thing.path, { follow: true, signal })).version === thing.version,
  async [Symbol.asyncDispose]() {},
});
