/**
 * Tool calls of an agent, each as one line. An update names only what has changed, and may come without a call before it:
 * whatever is there is put together.
 */
import { basename } from 'node:path';
import { paint } from '../output.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';

const MAX_CHARACTERS = 1000;
/** Calls that are remembered of a long session. */
const MAX_CALLS = 1000;

export interface ToolLine {
  readonly id: string;
  readonly line: string;
  /** It will not change any more. */
  readonly last: boolean;
}

export class ToolCalls {
  readonly #calls = new Map<string, Fields | 'over'>();

  /** Of an update of kind `tool_call` or `tool_call_update`; undefined where it brings nothing that is shown. */
  take(update: Fields): ToolLine | undefined {
    const id = textOf(update['toolCallId']);
    if (id === undefined) return undefined;
    const known = this.#calls.get(id);
    // Some agents send the output of a call after its end.
    if (known === 'over') return undefined;
    const news = Object.entries(update).filter(([, value]) => (value ?? null) !== null);
    const call: Fields = { ...known, ...Object.fromEntries(news) };
    const last = call['status'] === 'completed' || call['status'] === 'failed';
    this.#calls.set(id, last ? 'over' : call);
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > MAX_CALLS && oldest !== undefined) this.#calls.delete(oldest);
    return { id, line: `${stateOf(call['status'])} ${titleOf(call)}`, last };
  }
}

/** What a call does, in one line. */
export function titleOf(call: Fields): string {
  const kind = textOf(call['kind']);
  const command = textOf(fieldsOf(call['rawInput'])['command']);
  const path = textOf(fieldsOf(listOf(call['locations'])[0])['path']);
  const title = textOf(call['title']) ?? command ?? path ?? textOf(call['toolCallId']) ?? 'tool call';
  const where = path === undefined || title.includes(basename(path)) ? '' : ` (${path})`;
  const text = `${kind === undefined || kind === 'other' ? '' : `${kind}: `}${title}${where}`;
  return foreignLine(text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text);
}

function stateOf(status: unknown): string {
  switch (status) {
    case 'completed':
      return paint('green', '[done]', 'stderr');
    case 'failed':
      return paint('red', '[failed]', 'stderr');
    case 'in_progress':
      return paint('yellow', '[running]', 'stderr');
    default:
      return paint('dim', '[pending]', 'stderr');
  }
}
