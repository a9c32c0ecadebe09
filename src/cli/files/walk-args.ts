/** Options of verbs that walk through folders, and their values as the server takes them. */
import type { ArgsDef } from '../command/verb.ts';

export const WALK_ARGS = {
  exclude: {
    type: 'string',
    valueHint: 'GLOB',
    description: 'Leave out what has such a name or path; a folder is not looked into. May be repeated.',
  },
  ignore: {
    type: 'enum',
    options: ['git', 'none'],
    default: 'git',
    description: 'git leaves out what .gitignore files name; none leaves out nothing.',
  },
} as const satisfies ArgsDef;

export const HIDDEN_ARG = {
  hidden: { type: 'boolean', alias: 'a', description: 'Also hidden files and folders.' },
} as const satisfies ArgsDef;

/** A whole number from `min` to `max`; undefined for anything else. */
export function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && value >= min && value <= max ? value : undefined;
}
