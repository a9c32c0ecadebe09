/** Names and lines of another machine: what is in them must not act on a terminal, and goes to a program as it is. */
import { foreignLine } from '../foreign-line.ts';
import { isTerminal } from '../output.ts';

/** A name or a path. */
export const shownName = (name: string): string => (isTerminal() ? foreignLine(name) : name);

/** A line of a file; tabs are no danger. */
export const shownLine = (line: string): string => (isTerminal() ? line.split('\t').map(foreignLine).join('\t') : line);
