/** Why something is not done with an upload. */
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Failure } from '../../core/failure.ts';
import { makeFailureIn, writeFailureIn, type WriteFailure } from '../write/write-failure.ts';

export type UploadFailure =
  | Exclude<WriteFailure, Failure<'version-differs'>>
  | { readonly reason: 'upload-unknown' }
  /** `offset`: bytes that have come. */
  | { readonly reason: 'offset-differs'; readonly offset: number }
  | { readonly reason: 'upload-busy'; readonly offset: number }
  | { readonly reason: 'upload-incomplete'; readonly offset: number }
  /** More bytes than it said that it would have. */
  | { readonly reason: 'upload-too-long'; readonly size: number }
  | { readonly reason: 'upload-hash-differs' }
  | { readonly reason: 'uploads-too-many'; readonly limit: number };

export type FinishFailure = UploadFailure | WriteFailure;

/** Throws what is none. */
export const uploadFailureIn = (error: unknown): UploadFailure => withoutVersion(writeFailureIn(error), error);
/** `folder`: that which it is made in. */
export const newUploadFailureIn = (error: unknown, folder: RawPath): UploadFailure =>
  withoutVersion(makeFailureIn(error, folder), error);

function withoutVersion(failure: WriteFailure, error: unknown): UploadFailure {
  // No failure of the system is one.
  if (failure.reason === 'version-differs') throw error;
  return failure;
}
