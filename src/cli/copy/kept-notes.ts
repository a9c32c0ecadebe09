/**
 * Notes on copies that broke off, so that the same command goes on with them: one small file each in the data folder, named after
 * where they come from and where they go to. A server drops an upload after a day, and so is what is known of it here.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../core/failure.ts';

const FORMAT = 1;
const KEPT_MS = 24 * 60 * 60 * 1000;

type Fields = Readonly<Record<string, unknown>>;

export class KeptNotes<Note extends object> {
  readonly #folder: string;
  readonly #isOne: (fields: Fields) => boolean;

  /** `isOne`: whether what was read is such a note. */
  constructor(folder: string, isOne: (fields: Fields) => boolean) {
    this.#folder = folder;
    this.#isOne = isOne;
  }

  /** `what`: source, server and target. Where nothing can be kept, nothing is. */
  of(...what: readonly string[]): KeptNote<Note> {
    const name = new Bun.CryptoHasher('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
    return new KeptNote(this.#folder, join(this.#folder, `${name}.json`), this.#isOne);
  }
}

class KeptNote<Note extends object> {
  readonly #folder: string;
  readonly #path: string;
  readonly #isOne: (fields: Fields) => boolean;

  constructor(folder: string, path: string, isOne: (fields: Fields) => boolean) {
    this.#folder = folder;
    this.#path = path;
    this.#isOne = isOne;
  }

  /** Undefined where there is none that this version can read. */
  read(): Note | undefined {
    try {
      const kept = JSON.parse(readFileSync(this.#path, 'utf8')) as Fields;
      return kept['format'] === FORMAT && this.#isOne(kept) ? (kept as Note) : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || codeOf(error) !== undefined) return undefined;
      throw error;
    }
  }

  write(kept: Note): void {
    quietly(() => {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#dropOld();
      const made = `${this.#path}.${process.pid}.new`;
      writeFileSync(made, JSON.stringify({ format: FORMAT, ...kept }), { mode: 0o600 });
      renameSync(made, this.#path);
    });
  }

  remove(): void {
    quietly(() => rmSync(this.#path, { force: true }));
  }

  #dropOld(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const { mtimeMs = Date.now() } = statSync(path, { throwIfNoEntry: false }) ?? {};
      if (Date.now() - mtimeMs > KEPT_MS) rmSync(path, { force: true });
    }
  }
}

/** A copy does not fail because nothing can be noted of it. */
function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
