/** How uploads refuse: as any route about files, but a refusal for the offset says which is right. */
import { status } from 'elysia';
import type { FinishFailure, UploadFailure } from '../../files/uploads/upload-failure.ts';
import type { RawBodyFailure } from '../wire/raw-body.ts';
import { refuse, sentenceOf } from './failures.ts';
import { refuseWrite } from './write-refusals.ts';

type OfOffset = Extract<UploadFailure, { readonly offset: number }>;

export const refuseUpload = (failure: UploadFailure) => ('offset' in failure ? refuseOffset(failure) : refuse(failure));

/** The same for a request whose body is a part. */
export const refusePart = (failure: UploadFailure | RawBodyFailure) =>
  'offset' in failure ? refuseOffset(failure) : refuse(failure);

export const refuseFinish = (failure: FinishFailure) =>
  failure.reason === 'version-differs' ? refuseWrite(failure) : refuseUpload(failure);

export const refuseOffset = (failure: OfOffset) => status(409, { error: sentenceOf(failure), offset: failure.offset });
