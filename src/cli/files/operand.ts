/**
 * What a word of `cp` names: `NAME:PATH` a path on the server of that profile, `:PATH` one on the server that other verbs would
 * use, anything else a path on this machine. A word with a slash before its first colon is a path here, and so is one that
 * begins with a drive where there are drives.
 */
import { parse } from 'node:path';

export type Operand =
  | { readonly at: 'here'; readonly path: string }
  /** `profile`: undefined for the server that other verbs would use. */
  | { readonly at: 'server'; readonly profile: string | undefined; readonly path: string };

const REMOTE = /^([A-Za-z0-9][\w.-]{0,63})?:(.*)$/s;

/** `rootOf`: what of a path here is its root, such as `C:` on Windows. */
export function readOperand(word: string, rootOf = (path: string): string => parse(path).root): Operand {
  const [, profile, path] = (rootOf(word) === '' ? REMOTE.exec(word) : null) ?? [];
  return path === undefined ? { at: 'here', path: word } : { at: 'server', profile, path };
}
