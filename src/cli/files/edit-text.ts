/** An edit without an editor: what stands in a file in place of what stood there, and the difference as it is shown. */
import type { Client } from '../../client/client.ts';
import { ClientError, refused } from '../../client/failure.ts';
import { note, paint, printJson, write } from '../output.ts';
import { shownLine, shownName } from './foreign-name.ts';

export interface TextEdit {
  readonly old: string;
  readonly new: string;
  readonly count: number;
}

const MAX_LINES_NAMED = 20;

/** Resolves to the exit code. */
export async function editText(
  client: Client,
  path: string,
  edit: TextEdit,
  { dryRun, json }: { readonly dryRun: boolean; readonly json: boolean },
): Promise<number> {
  try {
    const edited = await client.files.edit(path, { edits: [edit], dryRun });
    if (json) await printJson(edited);
    else await write('stdout', diffText(edited.diff ?? ''));
    note(`${dryRun ? 'would be edited' : 'edited'}: ${shownName(path)}, ${places(edited.edits.length)}`);
    return 0;
  } catch (error) {
    throw error instanceof ClientError ? withPlaces(error) : error;
  }
}

const places = (count: number): string => `${count} ${count === 1 ? 'place' : 'places'}`;

/** Says where the text stands, where that is not as often as was said. */
function withPlaces(error: ClientError): ClientError {
  if (error.failure.reason !== 'refused') return error;
  const { status, body } = error.failure;
  // As the protocol has it in FileEditRefused.
  const { found, lines = [] } = body as { readonly found?: number; readonly lines?: readonly number[] };
  if (found === undefined) return error;
  if (found === 0) return refused(status, { ...body, error: '--old does not stand in it, character by character' });
  const distinct = [...new Set(lines)];
  const named = distinct.slice(0, MAX_LINES_NAMED).join(', ') + (distinct.length > MAX_LINES_NAMED ? ', …' : '');
  return refused(status, {
    ...body,
    error: `--old stands in ${places(found)} (lines ${named}); give more of what is around it, or --count ${found}`,
  });
}

function diffText(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      const shown = shownLine(line);
      if (line.startsWith('@@')) return paint('dim', shown);
      if (/^(---|\+\+\+) /.test(line)) return paint('bold', shown);
      return line.startsWith('+') ? paint('green', shown) : line.startsWith('-') ? paint('red', shown) : shown;
    })
    .join('\n');
}
