/** Whose a file is on POSIX, by the names that the system's files give to numbers. */
import { readFileSync, statSync, type BigIntStats } from 'node:fs';

export interface Owners {
  /** A number where it has no name; undefined where the system has no such owners. */
  readonly owner: string | undefined;
  readonly group: string | undefined;
}

export const ownersOf = ({ uid, gid }: BigIntStats): Owners => ({
  owner: users.nameOf(Number(uid)),
  group: groups.nameOf(Number(gid)),
});

/** A number where it has no name. */
export const userName = (uid: number): string => users.nameOf(uid);

/** A listing asks for each file, of which there may be a hundred thousand. */
const LOOK_AGAIN_MS = 1000;

/** Read again when the file has changed, a second later at the latest. */
class Names {
  readonly #path: string;
  #lookedAt = -Infinity;
  #readAt = -1;
  #names: ReadonlyMap<number, string> = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  nameOf(id: number): string {
    if (performance.now() - this.#lookedAt > LOOK_AGAIN_MS) this.#look();
    return this.#names.get(id) ?? String(id);
  }

  #look(): void {
    this.#lookedAt = performance.now();
    const changedAt = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changedAt === this.#readAt) return;
    this.#names = changedAt === 0 ? new Map() : namesIn(readFileSync(this.#path, 'utf8'));
    this.#readAt = changedAt;
  }
}

const users = new Names('/etc/passwd');
const groups = new Names('/etc/group');

/** Lines of `name:password:id:…`; the first name of an id counts. */
function namesIn(text: string): ReadonlyMap<number, string> {
  const lines = text.split('\n').map((line) => line.split(':'));
  return new Map(lines.toReversed().flatMap(([name, , id]) => (name && id ? [[Number(id), name] as const] : [])));
}
