/** Where prompts are typed: Enter sends, Shift+Enter begins another line. Prompts that wait for their turn are above it. */
import { button } from '../button.ts';
import { h, setText } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { canResume, isInTurn, isOpenSession } from './agent-status.ts';
import { commandHints } from './command-hints.ts';
import type { Conversation } from './conversation/conversation.ts';
import type { SessionRecord } from './session-record.ts';
import { WaitingPrompts } from './waiting-prompts.ts';

const MAX_ROWS = 10;

/** What was typed and not sent, by session: another view may come in between. */
const drafts = new Map<string, string>();

interface PromptBoxOptions {
  readonly context: Context;
  readonly id: string;
  readonly record: SessionRecord;
  readonly signal: AbortSignal;
  readonly sent: () => void;
  readonly changed: () => void;
}

export class PromptBox {
  readonly #options: PromptBoxOptions;
  readonly #waiting = new WaitingPrompts();
  readonly #text = h('textarea', {
    rows: 1,
    name: 'prompt',
    'aria-label': 'Prompt',
    placeholder: 'Ask the agent…',
    autocomplete: 'off',
  });
  readonly #send = button('Send', undefined, { kind: 'primary', icon: 'send', type: 'submit' });
  readonly #cancel = button('Cancel', () => void this.#cancelTurn(), { icon: 'stop', title: 'Cancel the turn' });
  readonly #asks = button('', () => this.#toPermission(), { icon: 'lock' });
  readonly #over = h('p', { class: 'help', hidden: true });
  #busy = false;

  constructor(options: PromptBoxOptions) {
    this.#options = options;
    this.#text.value = drafts.get(options.id) ?? '';
    this.#text.addEventListener('input', () => this.#typed());
    this.#text.addEventListener('keydown', (event) => this.#key(event));
    this.#asks.classList.add('asks');
    this.#asks.hidden = true;
    this.#cancel.hidden = true;
  }

  element(sessionOptions: HTMLElement): HTMLElement {
    const { record, signal } = this.#options;
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      void this.#submit();
    };
    const form = h(
      'form',
      { class: 'prompt-form', on: { submit } },
      commandHints(this.#text, record, signal),
      h('div', { class: 'prompt-line' }, this.#text),
      h('div', { class: 'prompt-tools' }, sessionOptions, h('div', { class: 'tools' }, this.#cancel, this.#send)),
    );
    record.now.watch(signal, (now) => {
      if (now === undefined || now === 'gone') return;
      const open = isOpenSession(now);
      form.hidden = !open;
      this.#over.hidden = open;
      const end = now.state === 'failed' ? 'This session has failed.' : 'This session is closed.';
      setText(this.#over, canResume(now) ? `${end} Resume it to go on.` : end);
      this.#waiting.show({ queued: open ? now.queued : 0 });
      const hadFocus = document.activeElement === this.#cancel;
      this.#cancel.hidden = !isInTurn(now);
      if (hadFocus && this.#cancel.hidden) this.focus();
    });
    this.#grow();
    return h(
      'section',
      { class: 'prompt-area', 'aria-label': 'Your prompts' },
      this.#asks,
      this.#waiting.element,
      form,
      this.#over,
    );
  }

  showConversation({ queue, permissions }: Conversation): void {
    this.#waiting.show({ inLog: [...queue.waiting], newest: queue.newest });
    const { length } = permissions.pending;
    this.#asks.hidden = length === 0;
    const label = length === 1 ? 'A permission request is waiting' : `${length} permission requests are waiting`;
    setText(this.#asks.lastElementChild ?? this.#asks, label);
  }

  focus(): void {
    this.#text.focus();
  }

  /** When the session is opened, unless something else has the focus by now. */
  takeFocus(): void {
    // On a touch screen the focus would open the keyboard unasked.
    if (matchMedia('(pointer: coarse)').matches || document.querySelector('dialog[open]') !== null) return;
    if (document.activeElement === null || document.activeElement === document.body) this.focus();
  }

  async #submit(): Promise<void> {
    const { context, id, sent, changed } = this.#options;
    const text = this.#text.value.trim();
    if (text === '' || this.#busy) return this.focus();
    this.#busy = true;
    try {
      const { turn } = await context.client.agents.prompt(id, { text });
      this.#waiting.sent(turn, text);
      // What was typed meanwhile stays.
      if (this.#text.value.trim() === text) this.#text.value = '';
      this.#typed();
      sent();
    } catch (error) {
      reportFailure(context.connection, error);
    } finally {
      this.#busy = false;
    }
    changed();
  }

  async #cancelTurn(): Promise<void> {
    const { context, id, changed } = this.#options;
    try {
      await context.client.agents.cancel(id);
    } catch (error) {
      reportFailure(context.connection, error);
    }
    changed();
  }

  #key(event: KeyboardEvent): void {
    // Enter that ends the composition of a character sends nothing.
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void this.#submit();
    } else if (event.key === 'Escape') this.#text.blur();
  }

  #typed(): void {
    const { value } = this.#text;
    if (value === '') drafts.delete(this.#options.id);
    else drafts.set(this.#options.id, value);
    this.#grow();
  }

  #grow(): void {
    this.#text.rows = Math.min(MAX_ROWS, this.#text.value.split('\n').length);
  }

  #toPermission(): void {
    const first = document.querySelector<HTMLElement>('.permission.waiting');
    first?.scrollIntoView({ block: 'nearest' });
    first?.querySelector<HTMLElement>('.permission-state button')?.focus();
  }
}
