/**
 * One search for text: ripgrep as a child in a group of its own, that ends with its limits and with whoever asked.
 *
 *   started ──last match──▶ over        started ──limit, time, hang-up──▶ ended with all it has begun
 */
import type { Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { readLines } from '../../core/lines.ts';
import type { Launcher } from '../../platform/process/process.ts';
import { Rows, type Row } from './rows.ts';

export interface TextSearch {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly literal: boolean;
  readonly matchCase: boolean;
  readonly word: boolean;
  /** Globs of names that are searched, none: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Whether files that .gitignore names are left out. */
  readonly ignore: boolean;
  readonly hidden: boolean;
  /** Lines before and behind each match. */
  readonly context: number;
  /** Rows. */
  readonly limit: number;
  readonly maxFileBytes: number;
  readonly timeoutMs: number;
}

export interface TextSearchParts {
  /** Path of the program. */
  readonly ripgrep: string;
  readonly launcher: Launcher;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface TextSearchDone {
  readonly matches: number;
  readonly files: number;
  /** There are more than `limit`. */
  readonly more: boolean;
  readonly timedOut: boolean;
}

export type TextSearchFailure =
  | { readonly reason: 'pattern-invalid'; readonly detail: string }
  | { readonly reason: 'search-failed'; readonly detail: string };

/** Of one message: a line of the file, up to six times as long in JSON. What is longer has no row. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 4000;

export function argumentsOf(search: TextSearch): string[] {
  const globs = [...search.include, ...search.exclude.map((glob) => `!${glob}`), '!.git'];
  return [
    '--json',
    '--no-config',
    '--no-messages',
    search.matchCase ? '--case-sensitive' : '--ignore-case',
    ...(search.literal ? ['--fixed-strings'] : []),
    ...(search.word ? ['--word-regexp'] : []),
    ...(search.ignore ? ['--no-require-git'] : ['--no-ignore']),
    ...(search.hidden ? ['--hidden'] : []),
    ...globs.map((glob) => `--glob=${glob}`),
    `--context=${search.context}`,
    `--max-filesize=${search.maxFileBytes}`,
    '-e',
    search.text,
    '--',
    search.path,
  ];
}

/**
 * `sink` gets the rows in order, and is waited for, so that a slow reader slows the search down. Resolves when the program
 * and all it started are gone. Rejects when `sink` does.
 */
export async function searchText(
  search: TextSearch,
  sink: (row: Row) => void | Promise<void>,
  { ripgrep, launcher, env, clock }: TextSearchParts,
  signal: AbortSignal,
): Promise<Result<TextSearchDone, TextSearchFailure>> {
  const launched = await launcher.launch({
    argv: [ripgrep, ...argumentsOf(search)],
    cwd: search.path,
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
  const stop = () => {
    stopped = true;
    void process.endTree(0);
  };
  using _limit = clock.after(search.timeoutMs, () => {
    timedOut = true;
    stop();
  });
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const said = textOf(stderr);
  const rows = new Rows(search.context);
  const ready: Row[] = [];
  let matches = 0;
  let more = false;
  async function handOut(): Promise<void> {
    for (const row of ready.splice(0)) {
      if (stopped) return;
      if (matches === search.limit) {
        more = true;
        return stop();
      }
      matches += 1;
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
      line: (text) => void (stopped || ready.push(...rows.take(text))),
      tooLong: () => {},
    });
    await handOut();
    const exit = await process.exited;
    // 1: nothing found. 2: an error, also that of one file among many.
    if (!stopped && exit.known && exit.code > 1 && rows.files === 0) {
      const detail = (await said).trim();
      if (detail !== '') return fail({ reason: 'pattern-invalid', detail });
    }
    return ok({ matches, files: rows.files, more, timedOut });
  } finally {
    signal.removeEventListener('abort', stop);
    await process.endTree(0);
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
