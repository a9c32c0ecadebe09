/** What the stories of files that are written have in common: names in the folder of a rig, and requests about them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export function filesWorld(door: Door) {
  const rig = sharedRig(door);
  const isPosix = door.platform !== 'windows';
  const isInWine = !isPosix && process.platform !== 'win32';
  const local = (name: string) => join(rig().place.cwd, name);
  const native = (name: string) => door.nativePath(local(name));
  const text = (name: string) => readFileSync(local(name), 'utf8');
  const make = (name: string, content = 'old') => writeFileSync(local(name), content);
  const folder = (name: string) => mkdirSync(local(name), { recursive: true });
  const at = (name: string, query = '', route = '/files') =>
    `${route}?path=${encodeURIComponent(native(name))}${query}`;
  const send = (
    method: string,
    url: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ) => rig().ask(url, { method, headers, ...(body !== undefined && { body }) });
  const put = (
    name: string,
    body: string | Uint8Array<ArrayBuffer>,
    query = '',
    headers: Record<string, string> = {},
  ) => send('PUT', at(name, query), body, headers);
  const versionOf = async (name: string) => (await rig().get<FileEntry>(at(name, '', '/files/stat'))).version;
  const left = () =>
    readdirSync(local('.'), { recursive: true }).filter((name) => String(name).endsWith('.agent-server'));

  return { rig, isPosix, isInWine, local, native, text, make, folder, at, send, put, versionOf, left };
}
