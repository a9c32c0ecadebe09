/** A folder of a server to this machine: its archive, unpacked as it comes, and moved in once all of it is there. */
import { chmod, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chunksOf } from '../../client/chunks.ts';
import { unreachable } from '../../client/failure.ts';
import type { UnpackFailure } from '../../files/archive/unpack-failure.ts';
import { Unpacking } from '../../files/archive/unpacking.ts';
import { thingHere } from './here.ts';
import { localWriting, placeHere } from './local-writing.ts';
import { Refusal } from './refusal.ts';
import type { OnServer } from './side.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';
import { takeUnreadableHere } from './unreadable.ts';

const SILENCE_MS = 30_000;

export async function fetchFolder(
  { client }: OnServer,
  source: Thing,
  label: string,
  target: string,
  { signal, meter, noClobber, exclude }: Transfer,
): Promise<Transferred> {
  const isNew = (await thingHere(target)) === undefined;
  if (isNew && (await thingHere(dirname(target)))?.type !== 'folder')
    throw new Refusal(`there is no folder ${dirname(target)} to put it in`);
  const { reach, place } = placeHere(target);
  const options = { format: 'tar', overwrite: !noClobber } as const;
  const opened = await Unpacking.create(await localWriting(), reach, place, options);
  if (!opened.ok) throw new Refusal(`${target}: ${sentenceOf(opened.failure, noClobber)}`);
  await using unpacking = opened.value;
  meter.begin(label, undefined);
  const { body } = await client.files.archive(source.path, { exclude, signal });
  if (body === null) throw unreachable('the connection brought nothing');
  for await (const piece of chunksOf(body, SILENCE_MS, signal)) {
    meter.add(piece.length);
    const written = await unpacking.write(piece);
    if (!written.ok) throw new Refusal(`${label}: ${sentenceOf(written.failure, noClobber)}`);
  }
  const done = await unpacking.finish();
  if (!done.ok) throw new Refusal(`${label}: ${sentenceOf(done.failure, noClobber)}`);
  const unreadable = await takeUnreadableHere(target);
  if (isNew) {
    if (source.mode !== undefined) await chmod(target, Number.parseInt(source.mode, 8));
    await utimes(target, source.modifiedAt, source.modifiedAt);
  }
  const { files, bytes } = done.value;
  const extra = unreadable.length > 0 ? 1 : 0;
  const extraBytes = extra === 0 ? 0 : Buffer.byteLength(`${unreadable.join('\n')}\n`);
  return { type: 'folder', files: files - extra, bytes: bytes - extraBytes, ...(extra > 0 && { unreadable }) };
}

function sentenceOf(failure: UnpackFailure, noClobber: boolean): string {
  switch (failure.reason) {
    case 'entry-refused':
      return `${failure.detail}; nothing is copied; leave it out with --exclude`;
    case 'entry-exists':
      return `${JSON.stringify(failure.name)} is there already${noClobber ? '; nothing of the folder is copied (--no-clobber)' : ', and is of another kind'}`;
    case 'archive-invalid':
    case 'archive-too-large':
    case 'path-invalid':
      return failure.detail;
    case 'is-no-folder':
      return 'is there, and is no folder';
    case 'parent-missing':
    case 'not-found':
      return 'there is no folder to put it in';
    case 'makes-no-files':
      return 'the system makes no files in that folder';
    case 'not-permitted':
      return `the system does not permit it (${failure.code})`;
    case 'disk-full':
    case 'no-room':
      return 'the disk is full';
    case 'in-use':
      return 'is in use: another program holds it';
    case 'is-folder':
    case 'is-no-file':
      return 'is no file';
    case 'protected':
    case 'outside-roots':
      return 'a folder on the way was replaced meanwhile; try again';
  }
}
