/**
 * The hidden verb `__complete`, which the scripts of `completion` call:
 *
 *   .WORD .WORD…           the words of the command line; answered with one candidate a line: VALUE, a tab, what it means
 *   bash .LINE .REPLACED   the command line as it was typed; answered with what bash puts in place of its end
 *
 * Each has a dot in front, so that none is empty or looks like an option.
 */
import { escapeControls } from '../../core/text.ts';
import { write } from '../output.ts';
import { cut } from '../table.ts';
import { bashReplies, readBashLine } from './bash-line.ts';
import { candidatesFor, type Surroundings } from './candidates.ts';
import { namedThings } from './named-things.ts';

const MAX_MEANING_COLUMNS = 70;

/** Resolves to the exit code. */
export async function complete(args: readonly string[], verbs: Surroundings['verbs']): Promise<number> {
  const around = { verbs, named: namedThings };
  const lines = args[0] === 'bash' ? await ofBash(args.slice(1), around) : await ofWords(args, around);
  await write('stdout', lines.map((line) => `${line}\n`).join(''));
  return 0;
}

async function ofWords(dotted: readonly string[], around: Surroundings): Promise<readonly string[]> {
  const found = await candidatesFor(dotted.map(withoutDot), around);
  return found.map(({ value, meaning = '' }) => `${value}\t${cut(escapeControls(meaning), MAX_MEANING_COLUMNS)}`);
}

async function ofBash(dotted: readonly string[], around: Surroundings): Promise<readonly string[]> {
  const [line = '', replaced = ''] = dotted.map(withoutDot);
  return bashReplies(line, replaced, await candidatesFor(readBashLine(line).words.slice(1), around));
}

const withoutDot = (word: string): string => word.slice(1);
