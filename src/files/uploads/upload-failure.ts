/** Why something is not done with an upload. */
import type { VersionDiffers, WriteFailure } from '../write/write-failure.ts';

/** Also where it is another key's, or its path is outside of the roots by now. */
export type UploadUnknown = { readonly reason: 'upload-unknown' | 'outside-roots' };

/** `offset`: bytes that have come. */
export type UploadBusy = { readonly reason: 'upload-busy'; readonly offset: number };

export type UploadFailure =
  | WriteFailure
  | UploadUnknown
  | UploadBusy
  | { readonly reason: 'offset-differs'; readonly offset: number }
  | { readonly reason: 'upload-incomplete'; readonly offset: number }
  /** More bytes than it said that it would have. */
  | { readonly reason: 'upload-too-long'; readonly size: number }
  | { readonly reason: 'upload-hash-differs' }
  | { readonly reason: 'uploads-too-many'; readonly limit: number };

export type FinishFailure = UploadFailure | VersionDiffers;
