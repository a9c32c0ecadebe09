/**
 * Through a tree by descriptors, which have names on Linux. The folder above is found again by `..` and must be the one that it
 * came from, so that three descriptors are enough for any depth.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { RawPath } from '../machine-paths/machine-paths.ts';
import type { TreeWalk } from './tree-walk.ts';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

interface Held {
  readonly file: FileHandle;
  readonly identity: string;
}

interface Step {
  /** Of the folder that it was made from. */
  readonly identity: string;
  readonly name: RawPath;
}

export class DescriptorWalk implements TreeWalk {
  readonly #top: Held;
  #folder: Held;
  readonly #way: Step[] = [];

  private constructor(top: Held) {
    this.#top = top;
    this.#folder = top;
  }

  /** `top`: a folder, and no link. Throws what the file system throws. */
  static async open(top: RawPath): Promise<DescriptorWalk> {
    return new DescriptorWalk(await held(top));
  }

  get here(): RawPath {
    return nameOf(this.#folder);
  }

  at(name: RawPath): RawPath {
    return `${this.here}/${name}`;
  }

  async down(name: RawPath): Promise<void> {
    const below = await held(this.at(name));
    this.#way.push({ identity: this.#folder.identity, name });
    await this.#goTo(below);
  }

  async up(leaving?: (folder: RawPath) => Promise<void>): Promise<void> {
    const above = await this.#above();
    try {
      await leaving?.(this.here);
    } finally {
      this.#way.pop();
      await this.#goTo(above);
    }
  }

  async #above(): Promise<Held> {
    const identity = this.#way.at(-1)?.identity;
    const above = await held(this.at('..'));
    if (above.identity === identity) return above;
    await above.file.close();
    // The folder was moved meanwhile: the one that it was in is found from the top.
    let at = await held(`${nameOf(this.#top)}/.`);
    try {
      for (const { name } of this.#way.slice(0, -1)) {
        const below = await held(`${nameOf(at)}/${name}`);
        await at.file.close();
        at = below;
      }
      if (at.identity !== identity) throw Object.assign(new Error('the folder has gone'), { code: 'ENOENT' });
      return at;
    } catch (error) {
      await at.file.close();
      throw error;
    }
  }

  async #goTo(folder: Held): Promise<void> {
    const left = this.#folder;
    this.#folder = folder;
    if (left !== this.#top) await left.file.close();
  }

  isStill(): boolean {
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#goTo(this.#top);
    await this.#top.file.close();
  }
}

const nameOf = ({ file }: Held): RawPath => `/proc/self/fd/${file.fd}`;

async function held(path: RawPath): Promise<Held> {
  const file = await open(Buffer.from(path, 'latin1'), FOLDER);
  try {
    const { dev, ino } = await file.stat({ bigint: true });
    return { file, identity: `${dev}:${ino}` };
  } catch (error) {
    await file.close();
    throw error;
  }
}
