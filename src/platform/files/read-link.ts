/** Reads a symbolic link (on Windows also a junction) of the file system without following it. */
import { lstatSync, readlinkSync } from 'node:fs';
import type { ReadLink } from './path-walk.ts';

export const readLink: ReadLink = (path) => (lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined);
