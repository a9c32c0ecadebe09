/** Paths on the machine of a server, for the completion of shells: what is in the folder that is named so far. */
import type { NamedPath } from '../files/remote-path.ts';
import { connectOptionsFor, parseNamedPath } from '../files/remote-path.ts';
import { readOperand } from '../files/operand.ts';
import { newClient } from '../connection/connect.ts';
import { chooseServer, type ConnectOptions } from '../connection/server-choice.ts';
import type { Candidate } from './candidates.ts';

/** A person waits for it with a finger on the Tab key. */
const ANSWER_TIMEOUT_MS = 2000;
/** More of them nobody reads. */
const MAX_PATHS = 200;
const OF_WINDOWS = /^[A-Za-z]:/;
/** Has no other meaning in a glob. */
const PLAIN = /^[\w.-]+$/;

export type PathKind = 'path' | 'path-or-here';

/** `path-or-here`: only what names a server is a path there. Rejects where the server does not answer. */
export async function pathsFrom(kind: PathKind, begun: string, options: ConnectOptions): Promise<Candidate[]> {
  const named = kind === 'path' ? parseNamedPath(begun) : operandNamed(begun);
  if (named === undefined) return [];
  const head = begun.slice(0, begun.length - named.path.length);
  if (named.path === '') return [{ value: `${head}/` }];
  const chosen = connectOptionsFor(named, options);
  if (!chosen.ok) return [];
  const choice = chooseServer(chosen.value, process.env);
  if (!choice.ok) return [];
  const isOfWindows = OF_WINDOWS.test(named.path);
  const divider = Math.max(named.path.lastIndexOf('/'), isOfWindows ? named.path.lastIndexOf('\\') : -1);
  if (divider < 0) return [];
  const folder = named.path.slice(0, divider + 1);
  const name = named.path.slice(divider + 1);
  const { items } = await newClient({ ...choice.value, retryForMs: 0 }).files.list(folder, {
    ignore: 'none',
    hidden: name.startsWith('.'),
    dotGit: name.startsWith('.'),
    limit: MAX_PATHS,
    ...(PLAIN.test(name) && { include: `${name}*` }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  return items
    .filter(({ nameBytes }) => nameBytes === undefined)
    .map((item) => {
      const isFolder = item.type === 'directory' || item.targetType === 'directory';
      return { value: head + folder + item.name + (isFolder ? folder.slice(-1) : '') };
    });
}

function operandNamed(begun: string): NamedPath | undefined {
  const operand = readOperand(begun);
  if (operand.at === 'here') return undefined;
  const { profile, path } = operand;
  return profile === undefined ? { on: 'chosen', path } : { on: 'profile', profile, path };
}
