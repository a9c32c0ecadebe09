/** Where a file is, as the page names it: a path, and its bytes where names in it are no UTF-8. */
import type { FileEntry } from '../../../protocol/files.ts';
import { routeTo } from '../route.ts';

export interface FilePlace {
  readonly path: string;
  /** In base64; absent where the path says all. */
  readonly pathBytes?: string;
}

/** Before the base64 of a path in an address; no absolute path begins so. */
const BYTES = 'bytes:';

/** As it stands in the address of the page. */
export const idOf = ({ path, pathBytes }: FilePlace): string =>
  pathBytes === undefined ? path : `${BYTES}${pathBytes}`;

export const addressOf = (place: FilePlace): string => routeTo('files', idOf(place));

export function placeOfId(id: string): FilePlace {
  if (!id.startsWith(BYTES)) return { path: id };
  const pathBytes = id.slice(BYTES.length);
  try {
    return { path: new TextDecoder().decode(bytesOfBase64(pathBytes)), pathBytes };
  } catch {
    return { path: id };
  }
}

/** Of an entry that was listed in a folder. */
export function placeIn(folder: FilePlace, { path, name, nameBytes }: FileEntry): FilePlace {
  if (nameBytes === undefined && folder.pathBytes === undefined) return { path };
  const start = folder.pathBytes === undefined ? encode(folder.path) : bytesOfBase64(folder.pathBytes);
  const end = nameBytes === undefined ? encode(name) : bytesOfBase64(nameBytes);
  const slash = start.at(-1) === SLASH ? [] : [SLASH];
  return { path, pathBytes: base64Of(new Uint8Array([...start, ...slash, ...end])) };
}

/** The folder that it is in; undefined for the root of a file system. */
export function parentOf({ path, pathBytes }: FilePlace): FilePlace | undefined {
  const above = pathAbove(path);
  if (above === undefined || pathBytes === undefined) return above === undefined ? undefined : { path: above };
  const bytes = bytesOfBase64(pathBytes);
  const start = bytes.subarray(0, Math.max(1, bytes.lastIndexOf(SLASH)));
  return isUtf8(start) ? { path: above } : { path: above, pathBytes: base64Of(start) };
}

/** Whether it is what is in the other, at any depth, or the other itself. */
export function isWithin({ path }: FilePlace, folder: FilePlace): boolean {
  return path === folder.path || path.startsWith(withEnd(folder.path));
}

export const pathIn = (folder: string, name: string): string => `${withEnd(folder)}${name}`;
export const nameOf = ({ path }: FilePlace): string => path.slice(path.lastIndexOf(separatorOf(path)) + 1) || path;

const SLASH = 0x2f;
const beginsWithDrive = (path: string): boolean => /^[A-Za-z]:/.test(path);
const separatorOf = (path: string): string => (beginsWithDrive(path) ? '\\' : '/');
const withEnd = (folder: string): string =>
  folder.endsWith(separatorOf(folder)) ? folder : `${folder}${separatorOf(folder)}`;

function pathAbove(path: string): string | undefined {
  const separator = separatorOf(path);
  const at = path.lastIndexOf(separator);
  if (at < 0 || at === path.length - 1) return undefined;
  const isFirst = at === path.indexOf(separator);
  return path.slice(0, isFirst ? at + 1 : at);
}

/** What was typed or pasted: without quotes and spaces around it, and without a separator at its end. */
export function typedPath(text: string): string {
  const path = text.trim().replace(/^(["'])(.*)\1$/, '$2');
  const own = beginsWithDrive(path) ? path.replaceAll('/', '\\') : path;
  const isRoot = own === '/' || /^[A-Za-z]:\\$/.test(own);
  return isRoot
    ? own
    : /^[A-Za-z]:$/.test(own)
      ? `${own}\\`
      : own.replace(/[\\/]+$/, (end) => (beginsWithDrive(own) || end.startsWith('/') ? '' : end));
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64Of = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytesOfBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
