/**
 * How deeply a message is nested. It is written again for the agent, the log and other clients, which calls itself for each
 * level: what is too deep for that would end the agent with all its sessions.
 */
import { isObject } from '../../agents/is-object.ts';
import { MAX_DEPTH } from './limits.ts';

export function isTooDeep(message: unknown): boolean {
  let level: unknown[] = [message];
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    level = level.flatMap((value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []));
    if (level.length === 0) return false;
  }
  return true;
}
