/** One source of a `cp` to its target: which way it goes. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fetchFile } from './fetch-file.ts';
import { openSource } from './file-source.ts';
import { copyFolder } from './folders/copy-folder.ts';
import { folderNote } from './folders/folder-notes.ts';
import { checkNameHere } from './here.ts';
import { copyOnServer } from './on-server.ts';
import { Refusal } from './refusal.ts';
import { sendFile } from './send-file.ts';
import { shown, thingAt, type OnServer, type Side } from './side.ts';
import { divided, inFolder, lastName, namesFolder } from './target-path.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';

export interface End {
  readonly side: Side;
  readonly path: string;
}

export interface Target extends End {
  /** Undefined where nothing is. */
  readonly there: Thing | undefined;
}

export interface Copied extends Transferred {
  readonly from: string;
  readonly to: string;
}

export async function copyOne(source: End, target: Target, recursive: boolean, transfer: Transfer): Promise<Copied> {
  const { signal } = transfer;
  const label = shown(source.side, source.path);
  const thing = await thingAt(source.side, source.path, signal);
  if (thing === undefined) throw new Refusal(`${label} is not there`);
  if (thing.type === 'other') throw new Refusal(`${label} is a pipe, a socket or a device, which is not copied`);
  if (thing.type === 'folder' && !recursive) throw new Refusal(`${label} is a folder; copy it with -r`);
  // A copy that broke off made the folder: the same command means that one, not one in it.
  const goesOn = thing.type === 'folder' && isBegun({ side: source.side, thing }, target, transfer);
  const isWithin = target.there?.type === 'folder' && !goesOn;
  const name = lastName(source.side, source.path);
  if (isWithin && target.side.at === 'here') checkNameHere(name);
  const path = isWithin ? inFolder(target.side, target.path, name) : target.path;
  const there = path === target.path ? target.there : await thingAt(target.side, path, signal);
  const to = shown(target.side, path);
  if (there === undefined && thing.type === 'file' && namesFolder(target.side, path))
    throw new Refusal(`there is no folder ${to}`);
  if (there?.type === 'other') throw new Refusal(`${to} is a pipe, a socket or a device, which is not replaced`);
  if (there !== undefined && there.type !== thing.type)
    throw new Refusal(
      there.type === 'folder' ? `${to} is a folder, and ${label} is a file` : `${to} is a file, and ${label} a folder`,
    );
  const from = { side: source.side, thing, label };
  const moved = await (thing.type === 'file' ? file : folder)(from, { side: target.side, path, there }, transfer);
  return { from: label, to, ...moved };
}

interface From {
  readonly side: Side;
  readonly thing: Thing;
  readonly label: string;
}

async function file(from: From, to: Target, transfer: Transfer): Promise<Transferred> {
  const { side, thing, label } = from;
  if (to.side.at === 'here') {
    if (side.at === 'here') throw new Error('a copy from here to here is not asked of a server');
    const path = to.there?.path ?? to.path;
    if ((await stat(dirname(path)).catch(() => undefined))?.isDirectory() !== true)
      throw new Refusal(`there is no folder ${dirname(path)} to put it in`);
    return fetchFile(side, thing, label, { path, old: to.there }, transfer);
  }
  if (side.at === 'server' && side.client.url === to.side.client.url) {
    if (to.there?.version === thing.version)
      throw new Refusal(`${label} and ${shown(to.side, to.path)} are the same file`);
    if (!(await isLink(side, thing.path, transfer.signal))) {
      if (transfer.noClobber && to.there !== undefined)
        throw new Refusal(`${shown(to.side, to.path)} is there already (--no-clobber)`);
      return copyOnServer(side.client, thing, label, to.path, transfer);
    }
  }
  await using source = await openSource(side, thing, transfer.signal);
  return await sendFile(
    source,
    label,
    { client: to.side.client, path: to.path, isNew: to.there === undefined },
    transfer,
  );
}

async function folder(from: From, to: Target, transfer: Transfer): Promise<Transferred> {
  const { side, thing, label } = from;
  const isNew = to.there === undefined;
  if (to.side.at === 'server' && side.at === 'server') {
    const isSame = side.client.url === to.side.client.url;
    if (isSame && to.there?.version === thing.version)
      throw new Refusal(`${label} and ${shown(to.side, to.path)} are the same folder`);
    // A copy on one machine leaves nothing out, and makes a folder of its own.
    const isWhole = isNew && transfer.exclude.length === 0 && !(await isLink(side, thing.path, transfer.signal));
    if (isSame && isWhole) return copyOnServer(to.side.client, thing, label, to.path, transfer);
  }
  if (isNew) {
    const above = to.side.at === 'here' ? dirname(to.path) : divided(to.path).above;
    if ((await thingAt(to.side, above, transfer.signal))?.type !== 'folder')
      throw new Refusal(`there is no folder ${shown(to.side, above)} to put it in`);
  }
  return copyFolder({ from, to: { side: to.side, path: to.path, isNew } }, transfer);
}

const isBegun = (from: Pick<From, 'side' | 'thing'>, to: End, { resume }: Transfer): boolean =>
  resume && folderNote(from, to).read()?.made.includes('') === true;

const isLink = async ({ client }: OnServer, path: string, signal: AbortSignal): Promise<boolean> =>
  (await client.files.stat(path, { signal })).type === 'symlink';
