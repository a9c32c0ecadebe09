/** One part of an upload on its way to the disk. What has come stays, also where the part breaks off. */
import type { FileHandle } from 'node:fs/promises';
import { fail, ok, type Result } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { Room } from '../write/room.ts';
import { writeFailureIn } from '../write/write-failure.ts';
import type { UploadFailure } from './upload-failure.ts';
import type { UploadNote } from './upload-notes.ts';

/** The disk is asked for its room each time that so many bytes were written. */
const ROOM_BYTES = 1024 * 1024;

interface Ends {
  /** The upload has been used now. */
  readonly used: () => void;
  /** The next one may have hold of it. */
  readonly letGo: () => void;
}

export class UploadWriter implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #note: UploadNote;
  readonly #room: Room;
  readonly #ends: Ends;
  #offset: number;
  #roomOffset: number;

  constructor(file: FileHandle, note: UploadNote, offset: number, room: Room, ends: Ends) {
    this.#file = file;
    this.#note = note;
    this.#offset = offset;
    this.#roomOffset = offset;
    this.#room = room;
    this.#ends = ends;
  }

  /** Bytes that have come. */
  get offset(): number {
    return this.#offset;
  }

  async write(piece: Uint8Array): Promise<Result<undefined, UploadFailure>> {
    const { size, path } = this.#note;
    if (this.#offset + piece.length > size) return fail({ reason: 'upload-too-long', size });
    try {
      for (let rest = piece; rest.length > 0;) {
        const { bytesWritten } = await this.#file.write(rest, 0, rest.length, this.#offset);
        this.#offset += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
      if (this.#offset - this.#roomOffset < ROOM_BYTES) return ok(undefined);
      this.#roomOffset = this.#offset;
      return (await this.#room.refusal(machinePaths.paths.dirname(path), 0)) ?? ok(undefined);
    } catch (error) {
      return fail(writeFailureIn(error));
    }
  }

  /** All of it is on the disk. */
  async sync(): Promise<Result<undefined, UploadFailure>> {
    try {
      await this.#file.datasync();
      return ok(undefined);
    } catch (error) {
      return fail(writeFailureIn(error));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#file.close();
      this.#ends.used();
    } finally {
      this.#ends.letGo();
    }
  }
}
