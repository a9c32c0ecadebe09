/** What is in a folder that is copied, whichever machine it is on. */
import { rawName } from '../../../files/archive/name-bytes.ts';
import type { RawPath } from '../../../platform/machine-paths/machine-paths.ts';
import { Names, type Listed } from './names.ts';

export interface Item {
  /** Relative to the folder, parts divided by `/`, each byte of its UTF-8 one character: no two have one name. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  /** As its machine has it. */
  readonly path: string;
  readonly size: number;
  /** Permission bits in octal; undefined where the system has none. */
  readonly mode: string | undefined;
  /** Unix milliseconds. */
  readonly modifiedAt: number;
  /** Of a link. */
  readonly target?: string | undefined;
  readonly version: string;
}

/** Files and links. */
export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

const TYPES = { file: 'file', directory: 'folder', symlink: 'link', other: 'other' } as const;

/** What a listing says of one thing, here or on a server. */
export interface ListedItem extends Listed {
  readonly type: keyof typeof TYPES;
  readonly size: number;
  /** Permission bits; undefined where they are made up. */
  readonly mode: number | undefined;
  readonly modifiedAt: number;
  readonly target?: string | undefined;
  readonly version: string;
}

/** In the order of a listing. What is still being written there is no part of it. */
export class Items {
  readonly #names = new Names();
  readonly all: Item[] = [];

  add(listed: ListedItem): void {
    const type = TYPES[listed.type];
    const name = this.#names.of(listed, type === 'folder');
    if (name === undefined) return;
    const { path, size, mode, modifiedAt, target, version } = listed;
    const bits = mode === undefined ? undefined : (mode & 0o777).toString(8).padStart(4, '0');
    this.all.push({ name, type, path, size, mode: bits, modifiedAt, target, version });
  }
}

const bytesOf = (name: string): Buffer => Buffer.from(name, 'latin1');

/** With U+FFFD for what is no UTF-8. */
export const textOf = (name: string): string => bytesOf(name).toString('utf8');

export const isText = (name: string): boolean => Buffer.from(textOf(name), 'utf8').equals(bytesOf(name));

export const base64Of = (name: string): string => bytesOf(name).toString('base64');

/** As the calls of this machine take it, but for its slashes. */
export const rawOf = (name: string): RawPath => rawName(bytesOf(name));

/** Empty for what is directly in the folder. */
export const aboveOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('/')));
