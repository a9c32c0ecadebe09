/** One end of a copy: this machine, or the machine of a server. */
import type { Client } from '../../client/client.ts';
import { ClientError } from '../../client/failure.ts';
import type { FileEntry } from '../../protocol/files.ts';
import { thingHere } from './here.ts';
import type { Thing } from './thing.ts';

export interface Here {
  readonly at: 'here';
}

export interface OnServer {
  readonly at: 'server';
  readonly client: Client;
  /** As the command line has it: `box:`, or `:`. */
  readonly prefix: string;
}

export type Side = Here | OnServer;

/** Undefined where nothing is. */
export async function thingAt(side: Side, path: string, signal: AbortSignal): Promise<Thing | undefined> {
  if (side.at === 'here') return thingHere(path);
  try {
    return thingOf(await side.client.files.stat(path, { follow: true, signal }));
  } catch (error) {
    if (error instanceof ClientError && error.status === 404) return undefined;
    throw error;
  }
}

const thingOf = ({ path, type, size, mode, owner, modifiedAt, version }: FileEntry): Thing => ({
  type: type === 'directory' ? 'folder' : type === 'file' ? 'file' : 'other',
  path,
  size,
  // Those of Windows are made up.
  mode: owner === null ? undefined : (Number.parseInt(mode, 8) & 0o777).toString(8).padStart(4, '0'),
  modifiedAt,
  version,
});

/** As the command line would have it. */
export const shown = (side: Side, path: string): string => (side.at === 'here' ? path : side.prefix + path);
