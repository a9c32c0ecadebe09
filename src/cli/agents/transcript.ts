/**
 * Shows the events of a session to a person: what the agent says on stdout, all else on stderr. Text of the agent is foreign:
 * its control bytes are shown and do nothing.
 */
import type { FollowedAgentEvent } from '../../client/agents.ts';
import { paint } from '../output.ts';
import { clientName } from './client-name.ts';
import { fieldsOf, listOf, textOf, type Fields } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';
import { ForeignText } from './foreign-text.ts';
import type { Screen } from './screen.ts';
import { titleOf, ToolCalls } from './tool-line.ts';

export interface TranscriptOptions {
  /** Thoughts, plans, what the agent writes to its stderr, and clients that attach and detach are shown too. */
  readonly verbose: boolean;
  /** Whether prompts are shown: those of others are, and those of the past. */
  readonly showsPrompt: (turn: number) => boolean;
}

export class Transcript {
  readonly #screen: Screen;
  readonly #options: TranscriptOptions;
  readonly #calls = new ToolCalls();
  readonly #permissions = new Map<string, Fields>();
  #text = new ForeignText();
  #thought = new ForeignText();

  constructor(screen: Screen, options: TranscriptOptions) {
    this.#screen = screen;
    this.#options = options;
  }

  show({ event, data }: Pick<FollowedAgentEvent, 'event' | 'data'>): void {
    const { verbose, showsPrompt } = this.#options;
    const fields = fieldsOf(data);
    const text = textOf(fields['text']) ?? '';
    switch (event) {
      case 'prompt':
        if (showsPrompt(Number(fields['turn']))) this.#said(listOf(fields['content']).map(blockText).join('\n'));
        return;
      case 'user_message_chunk':
        return this.#said(blockText(fields['content']));
      case 'agent_message_chunk':
        return this.#screen.text('stdout', this.#text.take(blockText(fields['content'])));
      case 'agent_thought_chunk':
        if (verbose) this.#think(this.#thought.take(blockText(fields['content'])));
        return;
      case 'tool_call':
      case 'tool_call_update':
        return this.#tool(fields);
      case 'plan':
        if (verbose) this.#screen.lines(...listOf(fields['entries']).map(planLine));
        return;
      case 'permission':
        this.#permissions.set(String(fields['id']), fields);
        return;
      case 'permission_answer':
        return this.#answered(fields);
      case 'warning':
        return this.#screen.lines(`agent-server: ${foreignLine(text)}`);
      case 'stderr':
        if (verbose)
          this.#screen.lines(
            ...text
              .trimEnd()
              .split('\n')
              .map((line) => dim(foreignLine(line))),
          );
        return;
      case 'attached':
      case 'detached':
        if (verbose)
          this.#screen.lines(dim(`${clientName(fields['client'])} has ${event} (${String(fields['door'])})`));
        return;
      case 'turn_end':
        return this.#turnEnd(fields);
      case 'state':
        if (fields['state'] === 'failed' || fields['state'] === 'closed') this.#ended(fields);
    }
  }

  #said(prompt: string): void {
    const lines = new ForeignText().take(prompt).split('\n');
    this.#screen.endLine();
    this.#screen.text('stdout', `${lines.map((line) => paint('bold', `> ${line}`)).join('\n')}\n`);
  }

  #think(text: string): void {
    if (text !== '') this.#screen.text('stderr', dim(text));
  }

  #tool(update: Fields): void {
    const tool = this.#calls.take(update);
    if (tool !== undefined) this.#screen.changing(tool.id, tool.line, tool.last);
  }

  #answered({ id, optionId, by, reason }: Fields): void {
    const asked = this.#permissions.get(String(id));
    this.#permissions.delete(String(id));
    const option = listOf(asked?.['options'])
      .map(fieldsOf)
      .find((one) => one['optionId'] === optionId);
    const allowed = String(option?.['kind']).startsWith('allow');
    if (allowed && by === 'policy' && !this.#options.verbose) return;
    const what = titleOf(fieldsOf(asked?.['toolCall']));
    const word = allowed ? paint('green', '[allowed]', 'stderr') : paint('red', '[rejected]', 'stderr');
    this.#screen.lines(`${word} ${what} (${foreignLine(`${String(by)}: ${String(reason)}`)})`);
  }

  #turnEnd({ stopReason, error }: Fields): void {
    this.#screen.endLine();
    this.#screen.settle();
    this.#text = new ForeignText();
    this.#thought = new ForeignText();
    if (stopReason === 'end_turn') return;
    const why = textOf(error);
    this.#screen.lines(
      `agent-server: the turn has ended: ${foreignLine(`${String(stopReason)}${why === undefined ? '' : `: ${why}`}`)}`,
    );
  }

  #ended({ state, error }: Fields): void {
    const why = textOf(error);
    this.#screen.lines(
      `agent-server: the session ${state === 'failed' ? 'has failed' : 'is closed'}${why === undefined ? '' : `: ${foreignLine(why)}`}`,
    );
  }
}

const dim = (text: string): string => paint('dim', text, 'stderr');

/** A content block in words. */
function blockText(block: unknown): string {
  const { type, text, uri } = fieldsOf(block);
  if (type === 'text') return typeof text === 'string' ? text : '';
  const resource = textOf(uri) ?? textOf(fieldsOf(fieldsOf(block)['resource'])['uri']);
  return `[${textOf(type) ?? 'something'}${resource === undefined ? '' : ` ${resource}`}]`;
}

function planLine(entry: unknown): string {
  const { content, status } = fieldsOf(entry);
  const mark = status === 'completed' ? 'x' : status === 'in_progress' ? '>' : ' ';
  return dim(`plan [${mark}] ${foreignLine(textOf(content) ?? '')}`);
}
