/** Listing a folder of the machine. */
import type { FileListing } from '../../protocol/files/list.ts';
import type { Transport } from '../transport.ts';
import { which } from './which.ts';

export interface ListFilesOptions {
  /** The path in base64, which counts in place of `path`, where names in it are no UTF-8. Default: none. */
  readonly pathBytes?: string | undefined;
  /** How many folders deep, 1 to 10,000; 1 is the folder itself, 0 all of them. Default 1. */
  readonly depth?: number;
  /** Globs of what is left out, 100 at most; a folder that is, is not looked into. Default: none. */
  readonly exclude?: readonly string[];
  /** A glob of what is listed alone. Default: all. */
  readonly include?: string;
  /** `git` leaves out what .gitignore files name. Default `git`. */
  readonly ignore?: 'git' | 'none';
  /** Whether hidden files are listed. Default false. */
  readonly hidden?: boolean;
  /** Whether what is named `.git` is listed, if hidden files are. Default false. */
  readonly dotGit?: boolean;
  /** Items of a page, 1 to 10,000. Default 1000. */
  readonly limit?: number;
  /** `next` of the page before. Default: the first page. */
  readonly after?: string;
  /** `sha256` reads files of up to 64 MiB for their hash, however long that takes. Default: none. */
  readonly hash?: 'sha256';
  /** Aborts the call, which rejects with the reason of the signal. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export function listFiles(
  transport: Transport,
  path: string,
  { exclude = [], hidden = false, dotGit = false, depth, limit, signal, pathBytes, ...texts }: ListFilesOptions,
): Promise<FileListing> {
  const search = new URLSearchParams({ ...which(path, pathBytes), ...texts, ...(hidden && { hidden: '1' }) });
  if (dotGit) search.set('dotGit', '1');
  if (depth !== undefined) search.set('depth', String(depth));
  if (limit !== undefined) search.set('limit', String(limit));
  for (const glob of exclude) search.append('exclude', glob);
  // How long a walk takes is for the machine to say.
  return transport.json({ path: `/files/list?${search}`, repeatable: true, waitMs: Infinity, signal });
}
