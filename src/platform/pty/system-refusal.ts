/** Why the system has nothing left for another terminal, whatever its program: both engines say little of that. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { codeOf, fail, messageOf } from '../../core/failure.ts';
import type { PtyFailure } from './pty.ts';

/** What an engine opens for a terminal, and needs at once. */
const NEEDED_DESCRIPTORS = 8;
/** No more processes, memory or descriptors: not the program's fault. */
const SYSTEMS_CODES: ReadonlySet<string | undefined> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);

/** `error`: what the engine has thrown. */
export function spawnFailure(error: unknown): { readonly ok: false; readonly failure: PtyFailure } {
  const detail = messageOf(error);
  if (SYSTEMS_CODES.has(codeOf(error))) return fail({ reason: 'system-refused', detail });
  const few = descriptorsMissing();
  return fail(few === undefined ? { reason: 'spawn-refused', detail } : { reason: 'system-refused', detail: few });
}

function descriptorsMissing(): string | undefined {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED_DESCRIPTORS) opened.push(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
