/**
 * The hidden verb `__complete`, which the scripts of `completion` call: the words of the command line, each with a dot in
 * front, and then one candidate a line, `VALUE`, a tab, and what it means.
 */
import { escapeControls } from '../../core/text.ts';
import { write } from '../output.ts';
import { cut } from '../table.ts';
import { candidatesFor, type Surroundings } from './candidates.ts';
import { namedThings } from './named-things.ts';

const MAX_MEANING_COLUMNS = 70;

/** Resolves to the exit code. */
export async function complete(dotted: readonly string[], verbs: Surroundings['verbs']): Promise<number> {
  const words = dotted.map((word) => word.slice(1));
  const found = await candidatesFor(words, { verbs, named: namedThings });
  const lines = found.map(
    ({ value, meaning = '' }) => `${value}\t${cut(escapeControls(meaning), MAX_MEANING_COLUMNS)}\n`,
  );
  await write('stdout', lines.join(''));
  return 0;
}
