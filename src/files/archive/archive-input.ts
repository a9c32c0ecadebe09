/** What an archive that is sent goes into, piece by piece. */
import type { FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import type { Writing } from '../write/writing.ts';
import { Unpackable, unpackFailureIn, type UnpackFailure } from './unpack-failure.ts';
import { writeWhole } from '../../platform/files/write-whole.ts';

/** The disk is asked for its room each time that so many bytes were written. */
const ROOM_BYTES = 1024 * 1024;

export interface Input extends AsyncDisposable {
  write(piece: Uint8Array): Promise<Result<undefined, UnpackFailure>>;
  /** All has come, and is unpacked. */
  end(): Promise<Result<undefined, UnpackFailure>>;
}

type Outcome = Result<undefined, UnpackFailure>;

/** What is unpacked as it comes: a piece is taken once there is use for it. */
export class StreamedInput implements Input {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #outcome: Promise<Outcome>;
  #failure: Outcome | undefined;

  constructor(read: (pieces: AsyncIterable<Uint8Array>) => Promise<void>) {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = writable.getWriter();
    // Told by `write` and `end`.
    this.#writer.closed.catch(() => {});
    this.#outcome = outcomeOf(() => read(readable)).then((outcome) => {
      if (!outcome.ok) this.#failure = outcome;
      return outcome;
    });
  }

  async write(piece: Uint8Array): Promise<Outcome> {
    if (this.#failure !== undefined) return this.#failure;
    const taken = this.#writer.write(piece);
    taken.catch(() => {});
    // A reader that has given up takes no more.
    return Promise.race([
      taken.then(
        () => ok(undefined),
        () => this.#outcome,
      ),
      this.#outcome.then((one) => (one.ok ? ok(undefined) : one)),
    ]);
  }

  async end(): Promise<Outcome> {
    this.#writer.close().catch(() => {});
    return this.#outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writer.abort(new Error('nobody sends more')).catch(() => {});
    await this.#outcome;
  }
}

/** What can be unpacked only once all of it is there. */
export class StagedInput implements Input {
  readonly #file: FileHandle;
  readonly #writing: Writing;
  readonly #folder: RawPath;
  readonly #read: () => Promise<void>;
  #isOpen = true;
  #sinceRoom = 0;

  constructor(file: FileHandle, writing: Writing, folder: RawPath, read: () => Promise<void>) {
    this.#file = file;
    this.#writing = writing;
    this.#folder = folder;
    this.#read = read;
  }

  async write(piece: Uint8Array): Promise<Outcome> {
    return outcomeOf(async () => {
      await writeWhole(this.#file, piece);
      this.#sinceRoom += piece.length;
      if (this.#sinceRoom < ROOM_BYTES) return;
      this.#sinceRoom = 0;
      const full = await this.#writing.room.refusal(this.#folder, 0);
      if (full !== undefined && !full.ok) throw new Unpackable(full.failure);
    });
  }

  async end(): Promise<Outcome> {
    await this[Symbol.asyncDispose]();
    return outcomeOf(this.#read);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

async function outcomeOf(action: () => Promise<void>): Promise<Outcome> {
  try {
    await action();
    return ok(undefined);
  } catch (error) {
    return fail(unpackFailureIn(error));
  }
}
