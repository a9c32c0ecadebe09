/**
 * Which folder of the agent's machine a folder of the editor's machine is: `LOCAL=REMOTE`. Each side may be Windows, where
 * names are compared without case and either slash divides them.
 */
import { fail, ok, type Result } from '../../core/failure.ts';

interface Rule {
  readonly local: Path;
  readonly remote: string;
}

interface Path {
  readonly ofWindows: boolean;
  readonly parts: readonly string[];
}

const isOfWindows = (path: string): boolean => /^[a-z]:([\\/]|$)|^\\\\/i.test(path);

function parse(path: string): Path {
  const ofWindows = isOfWindows(path);
  return { ofWindows, parts: path.split(ofWindows ? /[\\/]+/ : /\/+/).filter((part, at) => part !== '' || at === 0) };
}

export type PathMap = (path: string) => string | undefined;

/** Of several folders that hold a path, the innermost counts. `=` alone: every path is the same on both sides. */
export function pathMapOf(texts: readonly string[]): Result<PathMap, { reason: 'map-unclear'; text: string }> {
  const rules: Rule[] = [];
  let isSame = false;
  for (const text of texts) {
    if (text === '=') {
      isSame = true;
      continue;
    }
    const at = text.indexOf('=');
    const local = text.slice(0, at);
    const remote = text.slice(at + 1);
    if (at < 0 || !isAbsolute(local) || !isAbsolute(remote)) return fail({ reason: 'map-unclear', text });
    rules.push({ local: parse(local), remote });
  }
  rules.sort((a, b) => b.local.parts.length - a.local.parts.length);
  return ok((text) => {
    const path = parse(text);
    for (const { local, remote } of rules) {
      if (holds(local, path)) return join(remote, path.parts.slice(local.parts.length));
    }
    return isSame ? text : undefined;
  });
}

const isAbsolute = (path: string): boolean => path.startsWith('/') || isOfWindows(path);

function holds(folder: Path, path: Path): boolean {
  const name = (part: string | undefined) => (folder.ofWindows ? part?.toLowerCase() : part);
  return folder.ofWindows === path.ofWindows && folder.parts.every((part, at) => name(part) === name(path.parts[at]));
}

function join(folder: string, rest: readonly string[]): string {
  if (rest.length === 0) return folder;
  const slash = isOfWindows(folder) ? '\\' : '/';
  return [folder.replace(/[\\/]+$/, ''), ...rest].join(slash);
}

/** The path of a `file:` address, as the machine of the address writes it; undefined for any other address. */
export function pathOfUri(uri: string): { readonly path: string; readonly tail: string } | undefined {
  const url = uri.startsWith('file:') ? URL.parse(uri) : null;
  if (url === null) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (url.hostname !== '') path = `\\\\${url.hostname}${path.replaceAll('/', '\\')}`;
  else if (/^\/[a-z]:/i.test(path)) path = path.slice(1).replaceAll('/', '\\');
  return { path, tail: url.search + url.hash };
}

export function uriOfPath(path: string): string {
  const encode = (text: string) => text.split('/').map(encodeURIComponent).join('/');
  if (path.startsWith('\\\\')) return `file:${encode(path.replaceAll('\\', '/'))}`;
  if (!isOfWindows(path)) return `file://${encode(path)}`;
  return `file:///${path.slice(0, 2)}${encode(path.slice(2).replaceAll('\\', '/'))}`;
}
