/** The policies `workdir` and `read-only`: what a call may do by its kind and by the places that it names. */
import type { ToolKind } from '@agentclientprotocol/sdk';
import type { NamedPaths } from './named-paths.ts';
import { readingsOf } from './path-readings.ts';
import { shown } from '../shown.ts';

/** `reason` is the end of a sentence that begins with the path; `path` is where it really leads. */
export type Confine = (
  path: string,
) => { readonly inside: true; readonly path: string } | { readonly inside: false; readonly reason: string };

export interface PlacesQuestion {
  readonly kind: string;
  readonly named: NamedPaths;
  readonly cwd: string;
  readonly confine: Confine;
  readonly readOnly: boolean;
}

interface Judgement {
  readonly outcome: 'allow' | 'reject';
  readonly reason: string;
}

/**
 * What a kind may do where it names no place, and whether it changes anything. `never`: what it reaches is in no folder.
 * The network is not, and neither is a mode of the agent, which may be one in which it no longer asks.
 */
const KINDS: Readonly<
  Record<ToolKind, { readonly reads: boolean; readonly without: 'allow' | 'cwd' | 'reject' | 'never' }>
> = {
  read: { reads: true, without: 'allow' },
  search: { reads: true, without: 'allow' },
  think: { reads: true, without: 'allow' },
  execute: { reads: false, without: 'cwd' },
  edit: { reads: false, without: 'reject' },
  delete: { reads: false, without: 'reject' },
  move: { reads: false, without: 'reject' },
  other: { reads: false, without: 'reject' },
  fetch: { reads: false, without: 'never' },
  switch_mode: { reads: false, without: 'never' },
};

export function judgePlaces({ kind, named, cwd, confine, readOnly }: PlacesQuestion): Judgement {
  if (!isToolKind(kind)) return reject(`The protocol has no tool of the kind ${shown(kind)}.`);
  const { reads, without } = KINDS[kind];
  if (readOnly && !reads) return reject(`The policy read-only allows no tool of the kind ${kind}.`);
  if (without === 'never') return reject(`A tool of the kind ${kind} acts outside the working directory.`);
  const [unclear] = named.unclear;
  if (unclear !== undefined) return reject(unclear);
  const isLost = kind === 'delete' || kind === 'move';
  for (const place of [...named.bases, ...named.targets]) {
    const why = outsideBecause(place, named.bases, confine);
    if (why !== undefined) return reject(`The path ${shown(place)} ${why}.`);
    if (isLost && isWorkingDirectory(place, confine)) return reject('The working directory itself would be gone.');
  }
  if (named.targets.length > 0) return allow('All its paths are inside the working directory.');
  switch (without) {
    case 'allow':
      return allow(`A tool of the kind ${kind} that names no path is allowed.`);
    case 'reject':
      return reject(`A tool of the kind ${kind} that names no path is not allowed.`);
    case 'cwd': {
      const here = confine(cwd);
      return here.inside
        ? allow('The command runs inside the working directory.')
        : reject(`The path ${shown(cwd)} ${here.reason}.`);
    }
  }
}

/** Why one of the places that may be meant is not inside, as the end of a sentence that begins with the path. */
function outsideBecause(path: string, bases: readonly string[], confine: Confine): string | undefined {
  const readings = readingsOf(path, bases);
  if (!readings.ok) return readings.failure.why;
  for (const reading of readings.value) {
    const confined = confine(reading);
    if (!confined.inside) return confined.reason;
  }
  return undefined;
}

function isWorkingDirectory(path: string, confine: Confine): boolean {
  const root = confine('.');
  const place = confine(path);
  return root.inside && place.inside && root.path === place.path;
}

const isToolKind = (kind: string): kind is ToolKind => Object.hasOwn(KINDS, kind);
const allow = (reason: string): Judgement => ({ outcome: 'allow', reason });
const reject = (reason: string): Judgement => ({ outcome: 'reject', reason });
