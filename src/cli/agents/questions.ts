/**
 * Asks the user at the terminal, one permission request after the other.
 *
 *   idle ──ask──▶ asking ──answer typed, or answered elsewhere──▶ asking the next | idle
 */
import type { Client } from '../../client/client.ts';
import type { AgentPermissionReply } from '../../protocol/agent-permissions.ts';
import { fieldsOf, listOf } from './fields.ts';
import { foreignLine } from '../foreign-line.ts';
import { answer, type Answerer, type Asked } from './answerer.ts';
import { choiceFor, choicesOf, type Choice } from './permission-choice.ts';
import { permissionLines } from './permission-text.ts';
import type { Screen } from './screen.ts';
import type { TypedLines } from './typed-lines.ts';

export interface QuestionsOptions {
  readonly client: Client;
  readonly sessionId: string;
  readonly screen: Screen;
  readonly lines: TypedLines;
  /** Called when the last question has its answer. */
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class Questions implements Answerer {
  readonly #options: QuestionsOptions;
  readonly #waiting: Asked[] = [];
  #current: { readonly id: string; readonly choices: readonly Choice[] } | undefined;
  /** What takes lines that are no answers. */
  #otherTaker: TypedLines['taker'];
  #refuses = false;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  get busy(): boolean {
    return this.#current !== undefined;
  }

  ask(permission: Asked): void {
    const { id } = permission;
    if (this.#current?.id === id || this.#waiting.some((waiting) => waiting.id === id)) return;
    if (this.#refuses) return this.#answer(id, { reply: 'reject' });
    this.#waiting.push(permission);
    if (!this.busy) this.#next();
  }

  answered(id: string): void {
    const at = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
    if (this.#current?.id === id) this.#over();
  }

  /** Nothing can be typed any more: what waits is rejected, and what comes. */
  refuse(): void {
    this.#refuses = true;
    const waiting = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
    for (const { id } of waiting) this.#answer(id, { reply: 'reject' });
    if (this.busy) this.#over();
  }

  [Symbol.dispose](): void {
    this.#waiting.length = 0;
    if (this.busy) this.#over();
  }

  #next(): void {
    const permission = this.#waiting.shift();
    if (permission === undefined) return;
    const { screen, lines } = this.#options;
    const choices = choicesOf(listOf(permission.options));
    screen.lines(...permissionLines(fieldsOf(permission.toolCall)), ...choices.map(({ line }) => line));
    this.#prompt();
    this.#current = { id: permission.id, choices };
    this.#otherTaker = lines.taker;
    lines.taker = (line) => this.#typed(line);
  }

  #prompt(): void {
    this.#options.screen.text('stderr', 'Answer with a number or a letter: ');
  }

  #typed(line: string): void {
    const { screen } = this.#options;
    screen.entered();
    if (this.#current === undefined) return;
    const { id, choices } = this.#current;
    const choice = choiceFor(choices, line);
    if (choice === undefined) {
      screen.lines(`${JSON.stringify(foreignLine(line))} is not one of the answers`);
      return this.#prompt();
    }
    this.#answer(id, { optionId: choice.optionId });
    this.#over();
  }

  #answer(id: string, reply: AgentPermissionReply): void {
    const { client, sessionId, failed } = this.#options;
    answer(client, sessionId, id, reply).catch(failed);
  }

  #over(): void {
    const { lines, screen, done } = this.#options;
    this.#current = undefined;
    lines.taker = this.#otherTaker;
    screen.endLine();
    this.#next();
    if (!this.busy) done();
  }
}
