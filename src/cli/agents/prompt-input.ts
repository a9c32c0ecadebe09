/** The prompt of `ask`: its argument, or standard input. */
import { ok, type Result } from '../../core/failure.ts';
import { note } from '../output.ts';
import { usage, type UsageFailure } from '../command/usage.ts';

/** `-` is standard input, and so is no prompt where standard input is no terminal. */
export async function readPrompt(given: string | undefined): Promise<Result<string, UsageFailure>> {
  const fromInput = given === '-' || (given === undefined && !process.stdin.isTTY);
  if (given === undefined && !fromInput) return usage('PROMPT is missing');
  if (fromInput && process.stdin.isTTY) note('Type the prompt; Ctrl-D on a line of its own ends it.');
  const text = fromInput ? await Bun.stdin.text() : (given ?? '');
  if (text.trim() === '') return usage(fromInput ? 'PROMPT is missing: standard input is empty' : 'PROMPT is empty');
  return ok(fromInput ? text.trimEnd() : text);
}
