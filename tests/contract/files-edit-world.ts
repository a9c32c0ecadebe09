/** What the stories of edits have in common: a file in the folder of a rig, and requests to edit it. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileEntry } from '../../src/protocol/files.ts';
import type { FileEdited, FileEditRequest } from '../../src/protocol/files/edit.ts';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export const sha256Of = (bytes: string | Uint8Array) => new Bun.CryptoHasher('sha256').update(bytes).digest('hex');

export function filesEditWorld(door: Door) {
  const rig = sharedRig(door);
  const local = (name: string) => join(rig().place.cwd, name);
  const native = (name: string) => door.nativePath(local(name));
  const at = (path: string) => `/files?path=${encodeURIComponent(path)}`;
  const ask = (name: string, json: object, more: { key?: string; headers?: Record<string, string> } = {}) =>
    rig().ask(at(native(name)), { method: 'PATCH', json, ...more });
  const content = (name = 'file') => readFileSync(local(name), 'utf8');
  const write = (text: string | Uint8Array, name = 'file') => writeFileSync(local(name), text);
  const versionOf = async (name = 'file') =>
    (await rig().get<FileEntry>(`/files/stat?path=${encodeURIComponent(native(name))}`)).version;
  /** With the hash of what is there. */
  const edited = async (edits: FileEditRequest['edits'], more: Partial<FileEditRequest> = {}) => {
    const sha256 = sha256Of(readFileSync(local('file')));
    const { status, body } = await ask('file', { edits, sha256, ...more });
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body as FileEdited;
  };
  const left = () => readdirSync(rig().place.cwd).filter((name) => name.endsWith('.agent-server'));

  return { rig, local, native, at, ask, content, write, versionOf, edited, left };
}
