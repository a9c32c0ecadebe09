/** How routes that write refuse: as any about files, but a refusal for the version says which is there. */
import { status } from 'elysia';
import type { VersionDiffers, WriteFailure } from '../../files/write/write-failure.ts';
import { FileVersionRefused } from '../../protocol/files.ts';
import { answer, refusal } from '../wire/answers.ts';
import { refuse, sentenceOf } from './failures.ts';

/** In place of the version where nothing is. */
const NOTHING = 'none';

export const refuseWrite = (failure: WriteFailure | VersionDiffers) =>
  failure.reason === 'version-differs'
    ? status(412, { error: sentenceOf(failure), version: failure.version ?? NOTHING })
    : refuse(failure);

export const UPLOAD_REFUSALS = {
  401: refusal('Wrong or missing key, or it ended while the body came.'),
  415: refusal('The body is compressed.'),
};
export const ANOTHER_VERSION = answer('It is not the version that was asked for.', FileVersionRefused);
export const NO_ROOM = refusal('Less than `--min-free-bytes` would be left on the disk, or it is full.');
