/**
 * What an archive holds, made in a folder that nobody else knows, entry by entry. Links come last, so that nothing is ever
 * written through one. Modes of folders come when all is in its place, since one may not be written into.
 */
import { constants } from 'node:fs';
import { chmod, link, lutimes, mkdir, open, rm, symlink, utimes } from 'node:fs/promises';
import { codeOf } from '../../core/failure.ts';
import { machinePaths } from '../../platform/machine-paths/index.ts';
import type { RawPath } from '../../platform/machine-paths/machine-paths.ts';
import { Pace } from '../list/pace.ts';
import { FOLDER_MODE } from '../write/parents.ts';
import type { Room } from '../write/room.ts';
import { refuseEntry, Unpackable } from './unpack-failure.ts';
import type { UnpackLimits } from './unpack-limits.ts';
import { endsInside } from './unpacked-links.ts';
import { writeWhole } from '../../platform/files/write-whole.ts';

export interface EntryHead {
  /** Below the folder; not empty. */
  readonly parts: readonly RawPath[];
  readonly mode: number;
  /** Unix milliseconds. */
  readonly modifiedAt: number;
}

const MAKING = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const PRIVATE_FILE = 0o600;
const ROOM_BYTES = 1024 * 1024;
const { paths, forSystem, toText } = machinePaths;

export class UnpackedTree {
  readonly #staging: RawPath;
  readonly #limits: UnpackLimits;
  readonly #room: Room;
  /** By name below the folder. */
  readonly #kinds = new Map<RawPath, 'folder' | 'file' | 'link'>();
  readonly #links = new Map<RawPath, { readonly head: EntryHead; readonly target: RawPath }>();
  readonly #hardLinks: { readonly head: EntryHead; readonly target: readonly RawPath[] }[] = [];
  /** In the order in which they were made; undefined for one that is only a part of other names. */
  readonly #folders = new Map<RawPath, Pick<EntryHead, 'mode' | 'modifiedAt'> | undefined>();
  #roomBytes = 0;
  files = 0;
  bytes = 0;

  constructor(staging: RawPath, limits: UnpackLimits, room: Room) {
    this.#staging = staging;
    this.#limits = limits;
    this.#room = room;
  }

  /** One that is left out counts, too: an archive of nothing else would have no end. */
  leaveOut(): void {
    this.#limits.countEntry();
  }

  async folder(head: EntryHead): Promise<void> {
    this.#limits.countEntry();
    await this.#makeFolders(head.parts, head.parts);
    this.#folders.set(nameOf(head.parts), head);
  }

  async file(head: EntryHead, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.#limits.countEntry();
    await this.#makeWay(head.parts, 'file');
    const path = forSystem(this.#at(head.parts));
    await using file = await this.#made(head.parts, () => open(path, MAKING, PRIVATE_FILE));
    for await (const piece of pieces) {
      this.#limits.countBytes(piece.length);
      await writeWhole(file, piece);
      this.bytes += piece.length;
      await this.#needRoom();
    }
    // Neither set-user-id nor its like.
    await file.chmod(head.mode & 0o777);
    await file.utimes(...timesOf(head));
    this.files += 1;
  }

  async link(head: EntryHead, target: RawPath): Promise<void> {
    this.#limits.countEntry();
    await this.#makeWay(head.parts, 'link');
    this.#links.set(nameOf(head.parts), { head, target });
  }

  /** A second name of a file of this archive. */
  async hardLink(head: EntryHead, target: readonly RawPath[]): Promise<void> {
    this.#limits.countEntry();
    await this.#makeWay(head.parts, 'file');
    this.#hardLinks.push({ head, target });
  }

  /** Makes the links. `folder`: where all of it goes; undefined where that is made with it. */
  async makeLinks(folder: RawPath | undefined): Promise<void> {
    for (const { head, target } of this.#hardLinks) {
      if (this.#kinds.get(nameOf(target)) !== 'file')
        throw refuse(head.parts, 'is a second name of a file that is not in it');
      await this.#made(head.parts, () => link(forSystem(this.#at(target)), forSystem(this.#at(head.parts))));
      this.files += 1;
    }
    const made = new Map([...this.#links].map(([name, { target }]) => [name, target]));
    const pace = new Pace();
    // All of them before any is made: not every system makes each.
    for (const { head, target } of this.#links.values())
      if (!(await endsInside({ made, folder }, head.parts.slice(0, -1), target, pace)))
        throw refuse(head.parts, 'is a link that leads out');
    for (const { head, target } of this.#links.values()) {
      const path = forSystem(this.#at(head.parts));
      await this.#made(head.parts, () => symlink(forSystem(target), path));
      await lutimes(path, ...timesOf(head));
      this.files += 1;
    }
  }

  /** Gives folders their modes and times, the inner ones first. `takes`: which of them. */
  async finishFolders(folder: RawPath, takes: (name: RawPath) => boolean): Promise<void> {
    for (const [name, head] of [...this.#folders].toReversed()) {
      if (head === undefined || !takes(name)) continue;
      const path = forSystem(paths.join(folder, name));
      await chmod(path, head.mode & 0o777);
      await utimes(path, ...timesOf(head));
    }
  }

  /** The folders above it, and room for its name: of two of one kind under one name the later one stays. */
  async #makeWay(parts: readonly RawPath[], kind: 'file' | 'link'): Promise<void> {
    await this.#makeFolders(parts.slice(0, -1), parts);
    const name = nameOf(parts);
    const before = this.#kinds.get(name);
    if (before !== undefined && before !== kind) throw refuse(parts, 'is in it twice, as different things');
    if (before === 'file') {
      await rm(forSystem(this.#at(parts)), { force: true });
      this.files -= 1;
      const again = this.#hardLinks.findIndex(({ head }) => nameOf(head.parts) === name);
      if (again >= 0) {
        this.#hardLinks.splice(again, 1);
        this.files += 1;
      }
    }
    this.#kinds.set(name, kind);
  }

  async #makeFolders(parts: readonly RawPath[], whole: readonly RawPath[]): Promise<void> {
    // From the inside: what is above a folder that is there is there, too.
    const missing: { readonly name: RawPath; readonly length: number }[] = [];
    for (let { length } = parts; length > 0; length -= 1) {
      const name = nameOf(parts.slice(0, length));
      const kind = this.#kinds.get(name);
      if (kind === 'folder') break;
      if (kind !== undefined) throw refuse(whole, `is below ${JSON.stringify(toText(name))}, which is a ${kind}`);
      missing.push({ name, length });
    }
    for (const { name, length } of missing.toReversed()) {
      this.#limits.countFolder();
      await this.#made(parts.slice(0, length), () => mkdir(forSystem(paths.join(this.#staging, name)), FOLDER_MODE));
      this.#kinds.set(name, 'folder');
      this.#folders.set(name, undefined);
    }
  }

  /** Makes something whose name is new: where it is there all the same, the system takes two names for one. */
  async #made<T>(parts: readonly RawPath[], make: () => Promise<T>): Promise<T> {
    try {
      return await make();
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') throw refuse(parts, 'differs from another name in letter case alone');
      if (code === 'EINVAL' || code === 'ENOENT' || code === 'EILSEQ' || code === 'ENAMETOOLONG')
        throw refuse(parts, `cannot be a name here (${code})`);
      throw error;
    }
  }

  async #needRoom(): Promise<void> {
    if (this.bytes - this.#roomBytes < ROOM_BYTES) return;
    this.#roomBytes = this.bytes;
    const full = await this.#room.refusal(this.#staging, 0);
    if (full !== undefined && !full.ok) throw new Unpackable(full.failure);
  }

  #at(parts: readonly RawPath[]): RawPath {
    return paths.join(this.#staging, ...parts);
  }
}

/** As dates: fractions of seconds lose a millisecond. */
const timesOf = ({ modifiedAt }: Pick<EntryHead, 'modifiedAt'>): [Date, Date] => [
  new Date(modifiedAt),
  new Date(modifiedAt),
];
const nameOf = (parts: readonly RawPath[]): RawPath => parts.join(paths.sep);
const refuse = (parts: readonly RawPath[], why: string) => refuseEntry(toText(parts.join('/')), why);
