/** Why an archive is not unpacked. */
import { makeFailureIn, writeFailureIn, type WriteFailure } from '../write/write-failure.ts';

export type UnpackFailure =
  | WriteFailure
  /** The whole archive is refused for one of its entries, which the sentence names. */
  | { readonly reason: 'entry-refused'; readonly detail: string }
  /** It is cut short, or not in the format that was said. */
  | { readonly reason: 'archive-invalid'; readonly detail: string }
  /** More entries or bytes than are unpacked. */
  | { readonly reason: 'archive-too-large'; readonly detail: string }
  /** What is there already, and was not to be overwritten. */
  | { readonly reason: 'entry-exists'; readonly name: string }
  | { readonly reason: 'is-no-folder' };

/** On its way out of the library that reads the archive. */
export class Unpackable extends Error {
  readonly failure: UnpackFailure;
  constructor(failure: UnpackFailure) {
    super(failure.reason);
    this.failure = failure;
  }
}

export const refuseEntry = (name: string, why: string): Unpackable =>
  new Unpackable({ reason: 'entry-refused', detail: `${JSON.stringify(name)} ${why}` });

/** Throws what is none. */
export const unpackFailureIn = (error: unknown): UnpackFailure =>
  error instanceof Unpackable ? error.failure : writeFailureIn(error);
/** The same where what is missing can only be the folder that something is made in. */
export const newFolderFailureIn = (error: unknown): UnpackFailure =>
  error instanceof Unpackable ? error.failure : makeFailureIn(error);
