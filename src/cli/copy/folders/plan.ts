/**
 * What of a folder is to be copied, given what is at its target. A file that is there with the same size, time and mode is taken for
 * the same, and so is a link that leads to the same place; folders that are there take up what is in the other one.
 */
import { Refusal } from '../refusal.ts';
import { aboveOf, isText, textOf, type Amount, type Item } from './item.ts';

export interface PlanOptions {
  /** Whether what is there may be taken for the same. */
  readonly trusts: boolean;
  readonly noClobber: boolean;
  /** Folders that an earlier part of this copy has made, the topmost of them; an empty name is the folder itself. */
  readonly made: readonly string[];
}

export interface Plan {
  readonly total: Amount;
  readonly already: Amount;
  /** What goes into archives: files, behind the folders that they are in. */
  readonly packed: readonly Item[];
  /** Files that are so large that they go one by one, in parts. */
  readonly large: readonly Item[];
  /** Last, so that nothing is written through one. */
  readonly links: readonly Item[];
  /** Those that this copy makes, or has made. They get their modes and times at the end, since what comes into them changes these. */
  readonly folders: readonly Item[];
  /** The topmost of them. */
  readonly made: readonly string[];
  /** What cannot be copied, a line each. */
  readonly refused: readonly string[];
}

const LARGE_BYTES = 8 * 1024 * 1024;

export function planOf(
  items: readonly Item[],
  there: ReadonlyMap<string, Item>,
  { trusts, noClobber, made }: PlanOptions,
): Plan {
  const plan = {
    total: { files: 0, bytes: 0 },
    already: { files: 0, bytes: 0 },
    packed: [] as Item[],
    large: [] as Item[],
    links: [] as Item[],
    folders: [] as Item[],
    refused: [] as string[],
    made: [] as string[],
  };
  const before = new Set(made);
  const isNew = new Set<string>(before.has('') ? [''] : []);
  if (before.has('')) plan.made.push('');
  const comeLate = new Set<string>();
  for (const item of items) {
    const { name, type, size } = item;
    if (type === 'other') {
      plan.refused.push(`${JSON.stringify(textOf(name))}: it is a pipe, a socket or a device, which is not opened`);
      continue;
    }
    const old = there.get(name);
    if (type === 'folder') {
      if (old !== undefined && old.type !== 'folder') throw new Refusal(conflict(name, old));
      if (old === undefined || before.has(name) || isNew.has(aboveOf(name))) {
        isNew.add(name);
        plan.folders.push(item);
        if (!isNew.has(aboveOf(name))) plan.made.push(name);
      }
      if (old === undefined && isOpenToOwner(item)) plan.packed.push(item);
      else if (old === undefined) comeLate.add(name);
      continue;
    }
    const bytes = type === 'file' ? size : 0;
    plan.total.files += 1;
    plan.total.bytes += bytes;
    if (old !== undefined) {
      if (trusts && isSame(item, old)) {
        plan.already.files += 1;
        plan.already.bytes += bytes;
        continue;
      }
      if (old.type === 'folder' || old.type === 'other') throw new Refusal(conflict(name, old));
      if (noClobber)
        throw new Refusal(
          `${JSON.stringify(textOf(name))} is there already; nothing of the folder is copied (--no-clobber)`,
        );
    }
    if (type === 'link') plan.links.push(item);
    // Its folder must be there, and calls take names that are text.
    else if (size > LARGE_BYTES && isText(name) && !comeLate.has(aboveOf(name))) plan.large.push(item);
    else plan.packed.push(item);
  }
  return plan;
}

const isSame = (item: Item, there: Item): boolean =>
  item.type === there.type &&
  (item.type === 'link'
    ? item.target === there.target
    : item.size === there.size &&
      item.modifiedAt === there.modifiedAt &&
      (item.mode === undefined || there.mode === undefined || item.mode === there.mode));

/** Into one that is not, nothing can be put once it has its mode. */
const isOpenToOwner = ({ mode }: Item): boolean => mode === undefined || (Number.parseInt(mode, 8) & 0o700) === 0o700;

const conflict = (name: string, { type }: Item): string =>
  type === 'link'
    ? `${JSON.stringify(textOf(name))} is a link where it is to be copied; nothing is copied`
    : `${JSON.stringify(textOf(name))} is there already, and is of another kind; nothing is copied`;
