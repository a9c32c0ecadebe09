/**
 * One search for text: ripgrep as a child in a group of its own, that ends with its limits and with whoever asked.
 *
 *   started ──last match──▶ over        started ──limit, time, hang-up──▶ ended with all it has begun
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { readLines } from '../../core/lines.ts';
import type { Launcher } from '../../platform/process/process.ts';
import { Pace } from '../list/pace.ts';
import { argumentsOf, type TextSearch } from './ripgrep-arguments.ts';
import { Rows, type FoundPath, type Row } from './rows.ts';

export interface TextSearchParts {
  /** Path of the program. */
  readonly ripgrep: string;
  readonly launcher: Launcher;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface SearchDone {
  readonly matches: number;
  readonly files: number;
  /** There are more than `limit`. */
  readonly more: boolean;
  readonly timedOut: boolean;
}

export type TextSearchFailure =
  | { readonly reason: 'pattern-invalid'; readonly detail: string }
  | { readonly reason: 'search-failed'; readonly detail: string };

export interface TextSearchLimits {
  /** Rows. */
  readonly limit: number;
  readonly timeoutMs: number;
  /** Which files may be told; asked once for each with a match. */
  readonly allows: (path: FoundPath) => boolean;
}

/** Of one message: a line of the file, up to six times as long in JSON, and its matches. What is longer has no row. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 4000;

/**
 * `sink` gets the rows in order, and is waited for, so that a slow reader slows the search down. Resolves when the program
 * and all it started are gone. Rejects when `sink` does.
 */
export async function searchText(
  search: TextSearch,
  { limit, timeoutMs, allows }: TextSearchLimits,
  sink: (row: Row) => void | Promise<void>,
  { ripgrep, launcher, env, clock }: TextSearchParts,
  signal: AbortSignal,
): Promise<Result<SearchDone, TextSearchFailure>> {
  const launched = await launcher.launch({
    argv: [ripgrep, ...argumentsOf(search)],
    cwd: search.folder,
    env,
    treeId: crypto.randomUUID(),
    inputPath: undefined,
  });
  if ('reason' in launched)
    return fail({
      reason: 'search-failed',
      detail: 'detail' in launched ? launched.detail : `no folder ${launched.cwd}`,
    });
  const { process, stdin, stdout, stderr } = launched;
  stdin[Symbol.dispose]();
  let stopped = false;
  let timedOut = false;
  let ending: Promise<void> | undefined;
  // Once: on Windows nothing may still be at it when the process is released.
  const end = () => (ending ??= process.endTree(0));
  const stop = () => {
    stopped = true;
    void end();
  };
  using _limit = clock.after(timeoutMs, () => {
    timedOut = true;
    stop();
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const said = textOf(stderr);
  // One more than is wanted, which tells that there are more.
  const rows = new Rows(search.context, limit + 1, allows);
  const pace = new Pace();
  const messages: string[] = [];
  let matches = 0;
  let files = 0;
  let more = false;
  let told: FoundPath | undefined;
  async function handOut(): Promise<void> {
    for (const message of messages.splice(0))
      for (const row of rows.take(message)) {
        if (stopped) return;
        if (matches === limit) {
          more = true;
          return stop();
        }
        matches += 1;
        await pace.rest();
        // One object stands for one file.
        if (row.path !== told) files += 1;
        told = row.path;
        await sink(row);
      }
  }
  async function* paced(): AsyncGenerator<Uint8Array> {
    for await (const chunk of stdout) {
      yield chunk;
      await handOut();
    }
  }
  try {
    await readLines(paced(), MAX_MESSAGE_BYTES, {
      // What is cut off with the program is no message.
      line: (text) => void (stopped || messages.push(text)),
      tooLong: () => {},
    });
    await handOut();
    const exit = await process.exited;
    // It starts no others: to look for them at every search takes a while.
    ending ??= Promise.resolve();
    // 1: nothing found. 2: an error, also that of one file among many.
    if (!stopped && exit.known && exit.code > 1 && matches === 0) {
      const detail = sentenceOf(await said);
      if (detail !== '') return fail({ reason: 'pattern-invalid', detail });
    }
    return ok({ matches, files, more, timedOut });
  } finally {
    signal.removeEventListener('abort', stop);
    await end();
    process.release();
    await said;
  }
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream)
    if (text.length < MAX_ERROR_CHARACTERS) text += decoder.decode(chunk, { stream: true });
  return text.slice(0, MAX_ERROR_CHARACTERS);
}

/** Of a regular expression that is none it draws where, over several lines, and says why in the last one. */
function sentenceOf(said: string): string {
  const text = said.trim().replace(/^rg: /, '');
  const [, why] = /^regex parse error:[^]*\nerror: (.+)$/.exec(text) ?? [];
  return why === undefined ? text.replaceAll(/\s+/g, ' ') : `text is no regular expression: ${why}`;
}
