/** A disk in memory, whose computer can lose its power at any call. Names lead to files, so that one file can have two names. */
import type { DurableFiles } from '../../src/platform/files/durable-files.ts';
import { dirname } from 'node:path';

/** What a call throws from the moment at which the power is gone. */
export class PowerLoss extends Error {}

interface File {
  readonly id: string;
  readonly bytes: Buffer;
}

export class MemoryDisk implements DurableFiles {
  readonly #names = new Map<string, File>();
  #files = 0;
  /** Calls that change something, so far. */
  calls = 0;
  /** The call at which the power goes: it is not carried out. */
  diesAt = Infinity;
  /** Answers a call with an error instead of carrying it out. */
  refuse: (what: string, path: string) => string | undefined = () => undefined;
  freeBytes: number | undefined = undefined;

  put(path: string, text: string): void {
    this.#names.set(path, { id: String(this.#files++), bytes: Buffer.from(text) });
  }

  text(path: string): string | undefined {
    return this.#names.get(path)?.bytes.toString();
  }

  get names(): string[] {
    return [...this.#names.keys()].toSorted();
  }

  exists = (path: string): boolean => this.#names.has(path);
  read = (path: string): string | undefined => this.text(path);
  list = (folder: string): string[] =>
    this.names.filter((name) => dirname(name) === folder).map((name) => name.slice(folder.length + 1));
  identity = (path: string): string | undefined => this.#names.get(path)?.id;
  free = (): number | undefined => this.freeBytes;

  write = (path: string, text: string): void => this.#change('write', path, () => this.put(path, text));

  rename = (from: string, to: string): void =>
    this.#change('rename', from, () => {
      const file = this.#names.get(from);
      if (file === undefined) throw errorOf('ENOENT');
      this.#names.delete(from);
      this.#names.set(to, file);
    });

  link = (from: string, to: string): void =>
    this.#change('link', from, () => {
      const file = this.#names.get(from);
      if (file === undefined) throw errorOf('ENOENT');
      if (this.exists(to)) throw errorOf('EEXIST');
      this.#names.set(to, file);
    });

  remove = (path: string): void => this.#change('remove', path, () => void this.#names.delete(path));

  create = async (path: string) => {
    const pieces: Uint8Array[] = [];
    const keep = () => this.put(path, Buffer.concat(pieces).toString('latin1'));
    this.#change('create', path, keep);
    return {
      write: async (bytes: Uint8Array) =>
        this.#change('append', path, () => {
          pieces.push(bytes);
          keep();
        }),
      sync: async () => this.#change('sync', path, () => {}),
      [Symbol.asyncDispose]: async () => {},
    };
  };

  #change(what: string, path: string, carryOut: () => void): void {
    if (this.calls++ >= this.diesAt) throw new PowerLoss(`the power was gone before ${what} ${path}`);
    const refused = this.refuse(what, path);
    if (refused !== undefined) throw errorOf(refused);
    carryOut();
  }
}

const errorOf = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });
