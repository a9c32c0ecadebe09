/** What a caller wants changed in a text, and what can be wrong with it. */
import type { Failure } from '../../core/failure.ts';

/** Whole lines, from 1, `to` included; `to` one less than `from` puts the text before `from`, one behind the last at the end. */
export interface LineEdit {
  readonly from: number;
  readonly to: number;
  /** The new lines; their last line end may be left out. Empty: none. */
  readonly text: string;
}

/** A text that stands there exactly so many times, and what takes its place each time. */
export interface TextEdit {
  readonly old: string;
  readonly new: string;
  /** Default 1. */
  readonly count?: number;
}

export type Edits =
  | { readonly kind: 'lines'; readonly edits: readonly LineEdit[] }
  | { readonly kind: 'texts'; readonly edits: readonly TextEdit[] };

/** `edit`: which one of the list, from 0. */
export type EditFailure =
  | (Failure<'edit-invalid'> & { readonly detail: string })
  | (Failure<'edits-overlap'> & { readonly edit: number; readonly other: number })
  | (Failure<'edit-beyond-end'> & { readonly edit: number; readonly lines: number })
  | (Failure<'text-not-found'> & {
      readonly edit: number;
      readonly wanted: number;
      readonly found: number;
      /** Of the first places. */
      readonly lines: readonly number[];
    });

/** Characters of the text as it was, and what takes their place. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly edit: number;
}
