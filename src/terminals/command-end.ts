/** The end of a command, found among the marks that have come since it was typed. */
import type { Mark } from './marks.ts';

export interface CommandEnd {
  /** Offset in the output of the first byte after what it printed. */
  readonly start: number;
  /** Undefined where it is not known, or not yet. */
  readonly exitCode: number | undefined;
  /** Whether no mark that is still to come says more. */
  readonly final: boolean;
}

/** Undefined as long as it has not ended. A command that the shell could not read has no C. */
export function commandEnd(marks: readonly Mark[]): CommandEnd | undefined {
  const at = marks.findIndex(({ kind, fresh }) => kind === 'D' || fresh);
  const first = marks[at];
  if (first === undefined) return undefined;
  const prompt = marks.slice(at);
  const next = prompt.findIndex(({ kind }) => kind === 'B' || kind === 'C');
  const own = next === -1 ? prompt : prompt.slice(0, next);
  const exitCode = own.find((mark) => mark.exitCode !== undefined)?.exitCode;
  return { start: first.start, exitCode, final: exitCode !== undefined || next !== -1 };
}

/** Whether the shell waits for more of the command. */
export function isContinued(marks: readonly Mark[]): boolean {
  return marks.some(({ kind }) => kind === 'P') && commandEnd(marks) === undefined && marks.at(-1)?.kind !== 'C';
}

/** Where commands begin. One of several lines has a C for each part of it. */
export function commandStarts(marks: readonly Mark[]): readonly Mark[] {
  return marks.filter(({ kind }, index) => kind === 'C' && marks[index - 1]?.kind !== 'C');
}

/** Where its output begins; undefined where the shell did not say so. */
export function commandStart(marks: readonly Mark[]): Mark | undefined {
  const end = commandEnd(marks);
  // A C after the end belongs to the next command: somebody else has typed, too.
  return marks.find(({ kind, start }) => kind === 'C' && (end === undefined || start < end.start));
}
