/** How far the copy of a folder is, over all that is copied in it. */
import type { Meter } from '../progress.ts';
import type { Batch } from './batches.ts';
import type { Amount } from './item.ts';

export class FolderMeter {
  readonly #meter: Meter;
  readonly #total: Amount;
  #done: Amount;

  /** `already`: what was there before. */
  constructor(meter: Meter, label: string, total: Amount, already: Amount) {
    this.#meter = meter;
    this.#total = total;
    this.#done = already;
    meter.begin(label, total.bytes, already.bytes);
    this.#show(0);
  }

  /** How much of a batch has passed shows in the bytes of its archive. */
  passing(batch: Batch, pieces: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
    let passed = 0;
    return pieces.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>(
        {
          transform: (piece, controller) => {
            passed += piece.length;
            const share = Math.min(1, passed / batch.archiveBytes);
            this.#show(Math.floor(batch.bytes * share), Math.floor(batch.files * share));
            controller.enqueue(piece);
          },
        },
        undefined,
        { highWaterMark: 0 },
      ),
    );
  }

  /** For one that is copied by itself. */
  get forOne(): Meter {
    let bytes = 0;
    const at = (now: number) => {
      bytes = now;
      this.#show(bytes);
    };
    return { begin: (_name, _total, from = 0) => at(from), add: (more) => at(bytes + more), at, files() {} };
  }

  done({ files, bytes }: Amount): void {
    this.#done = { files: this.#done.files + files, bytes: this.#done.bytes + bytes };
    this.#show(0);
  }

  #show(bytes: number, files = 0): void {
    this.#meter.at(this.#done.bytes + bytes);
    this.#meter.files(this.#done.files + files, this.#total.files);
  }
}
