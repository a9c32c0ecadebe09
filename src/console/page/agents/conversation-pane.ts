/**
 * The conversation of a session on the page: its newest part first, then followed live; earlier parts on demand.
 *
 * What is on the page is bounded: while the end is shown, what is far above it is dropped, and can be loaded again.
 */
import type { AgentCalls, FollowedAgentEvent } from '../../../client/agents.ts';
import { button } from '../button.ts';
import { h } from '../element.ts';
import { EndScroller } from '../end-scroller.ts';
import { nextFrame } from '../next-frame.ts';
import { Conversation } from './conversation/conversation.ts';
import { DrawTimer } from './draw-timer.ts';
import { EntryList } from './entry-list.ts';
import type { PermissionActions } from './entries/permission-view.ts';

/** Events that are read at first, and with each press of the button. */
const PAGE = 2000;
/** Entries on the page while its end is shown. */
const MAX_ENTRIES = 400;
/** While the user looks further up, nothing is dropped until so many more have come. */
const MAX_MORE = 3000;
/** Events after which a frame is drawn before more is read. */
const PER_FRAME = 500;

export interface ConversationPaneOptions extends PermissionActions {
  readonly agents: AgentCalls;
  readonly id: string;
  readonly signal: AbortSignal;
  /** Called for each event that comes while the page looks on. */
  readonly live: (event: FollowedAgentEvent) => void;
  /** Called after each drawing. */
  readonly drawn: (conversation: Conversation) => void;
  readonly failed: (error: unknown) => void;
}

export class ConversationPane {
  readonly element: HTMLElement;
  readonly #options: ConversationPaneOptions;
  readonly #region = h('div', { class: 'conversation', tabindex: 0, role: 'region', 'aria-label': 'Conversation' });
  readonly #earlier = button('Show earlier events', () => void this.#showEarlier());
  readonly #end = new EndScroller(this.#region);
  readonly #drawing = new DrawTimer(() => this.#draw());
  #list: EntryList;
  #loading = false;
  /** Entries that the user has asked for. */
  #wanted = 0;

  constructor(options: ConversationPaneOptions) {
    this.#options = options;
    this.#list = new EntryList(new Conversation(), options);
    this.#earlier.classList.add('earlier');
    this.#earlier.hidden = true;
    this.#region.append(this.#earlier, this.#list.element);
    this.element = h('div', { class: 'conversation-frame' }, this.#region, this.#end.jump);
    const observer = new ResizeObserver(() => this.#end.follow());
    observer.observe(this.#region);
    options.signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  }

  get conversation(): Conversation {
    return this.#list.conversation;
  }

  toEnd(): void {
    this.#end.toEnd();
  }

  /** `lastId`: number of the newest event there is. */
  begin(lastId: number): void {
    const list = new EntryList(new Conversation(Math.max(0, lastId - PAGE)), this.#options);
    this.#replace(list);
  }

  /** Reads until the session is closed and all of it was read. `seen`: the last event that is not live. */
  async follow(seen: number): Promise<void> {
    const { agents, id, signal, live } = this.#options;
    let inFrame = 0;
    const since = this.conversation.lastId;
    for await (const event of agents.follow(id, { since, retryForMs: Infinity, signal })) {
      this.conversation.take(event);
      this.#drawing.request();
      if (event.id > seen) live(event);
      inFrame += 1;
      if (inFrame < PER_FRAME) continue;
      inFrame = 0;
      await nextFrame(signal);
    }
  }

  #draw(): void {
    this.#list.draw();
    const most = this.#end.atEnd ? MAX_ENTRIES : Math.max(MAX_ENTRIES, this.#wanted) + MAX_MORE;
    // A quarter at a time, so that not every new entry costs a look at all the others.
    if (this.conversation.timeline.entries.length > most * 1.25) this.#list.keepLast(most);
    this.#earlier.hidden = this.conversation.since === 0;
    this.#end.follow();
    this.#options.drawn(this.conversation);
  }

  async #showEarlier(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    try {
      const list = new EntryList(new Conversation(Math.max(0, this.conversation.since - PAGE)), this.#options);
      await this.#readUp(list.conversation);
      list.draw();
      list.unfoldLike(this.#list);
      this.#wanted = list.conversation.timeline.entries.length;
      this.#replace(list);
    } catch (error) {
      this.#options.failed(error);
    } finally {
      this.#loading = false;
    }
  }

  /** Reads all that the conversation on the page has read. */
  async #readUp(conversation: Conversation): Promise<void> {
    const { agents, id, signal } = this.#options;
    while (conversation.lastId < this.conversation.lastId) {
      const events = await agents.log(id, { since: conversation.lastId, signal });
      if (events.length === 0) return;
      for (const event of events) conversation.take(event);
    }
  }

  #replace(list: EntryList): void {
    const { scrollHeight, scrollTop } = this.#region;
    this.#list.element.replaceWith(list.element);
    this.#list = list;
    this.#draw();
    // The same lines stay in view.
    if (!this.#end.atEnd) this.#region.scrollTop = this.#region.scrollHeight - (scrollHeight - scrollTop);
  }
}
