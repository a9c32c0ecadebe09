/** Why something is not done with an upload. */
import type { WriteFailure } from '../write/write-failure.ts';

export type UploadFailure =
  | WriteFailure
  | { readonly reason: 'upload-unknown' }
  /** `offset`: bytes that have come. */
  | { readonly reason: 'offset-differs' | 'upload-busy' | 'upload-incomplete'; readonly offset: number }
  /** More bytes than it said that it would have. */
  | { readonly reason: 'upload-too-long'; readonly size: number }
  | { readonly reason: 'upload-hash-differs' }
  | { readonly reason: 'uploads-too-many'; readonly limit: number };
