/** Searching files of the machine: rows as they are found. */
import type { FileMatch, FileNameMatch, FileSearch, FileSearchDone } from '../../protocol/files/search.ts';
import { chunksOf } from '../chunks.ts';
import { unreachable } from '../failure.ts';
import type { Transport } from '../transport.ts';

/** A match of text, one of a name, or at the end how it ended, which has `done`. */
export type FileSearchRow = FileMatch | FileNameMatch | FileSearchDone;

const DEFAULT_SECONDS = 30;
/** Beyond the time that the search may take. */
const SILENCE_MS = 45_000;

export async function* searchFiles(
  transport: Transport,
  search: FileSearch,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileSearchRow> {
  const waitMs = (search.timeout ?? DEFAULT_SECONDS) * 1000;
  const response = await transport.stream({
    path: '/files/search',
    method: 'POST',
    body: search,
    waitMs,
    repeatable: true,
    signal,
  });
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let begun = '';
  for await (const chunk of chunksOf(response.body, waitMs + SILENCE_MS, signal)) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) {
      // The server is of our own making and its answers are tested against the same shapes.
      const row = JSON.parse(line) as FileSearchRow;
      yield row;
      if ('done' in row) return;
    }
  }
  throw unreachable('the search was cut off');
}
