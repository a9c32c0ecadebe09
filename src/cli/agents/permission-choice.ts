/** The answers that a permission request offers, and which of them the user has typed: a number, or a letter. */
import { fieldsOf, textOf } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';

export interface Choice {
  readonly optionId: string;
  /** Undefined where all letters are taken. */
  readonly letter: string | undefined;
  readonly line: string;
}

/** Our own word for what an option does: its name is the agent's, and may say anything. */
const KINDS: Readonly<Record<string, { readonly word: string; readonly letter: string }>> = {
  allow_once: { word: 'allow once', letter: 'o' },
  allow_always: { word: 'always allow', letter: 'a' },
  reject_once: { word: 'reject', letter: 'r' },
  reject_always: { word: 'always reject', letter: 'n' },
};

/** Options without an id are left out: they cannot be chosen. */
export function choicesOf(options: readonly unknown[]): Choice[] {
  const taken = new Set<string>();
  return options
    .map(fieldsOf)
    .filter(({ optionId }) => typeof optionId === 'string')
    .map(({ optionId, name, kind }, index) => {
      const known = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
      const title = textOf(name) ?? String(optionId);
      const letters = `${known?.letter ?? ''}${title.toLowerCase()}`.match(/[a-z]/g) ?? [];
      const letter = letters.find((char) => !taken.has(char));
      if (letter !== undefined) taken.add(letter);
      const keys = `${index + 1}${letter === undefined ? '' : `/${letter}`}`;
      const line = `  ${keys.padEnd(5)}${known?.word ?? 'unknown kind'}: ${foreignLine(title)}`;
      return { optionId: String(optionId), letter, line };
    });
}

/** Undefined for what is none of them. */
export function choiceFor(choices: readonly Choice[], typed: string): Choice | undefined {
  const answer = typed.trim().toLowerCase();
  if (/^[1-9]\d?$/.test(answer)) return choices[Number(answer) - 1];
  return choices.find(({ letter }) => letter !== undefined && letter === answer);
}
