/** The record of one session, asked for again and again while the page is looked at, and whenever an event asks for it. */
import { ClientError } from '../../../client/failure.ts';
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { poll } from '../polling.ts';
import { Store } from '../store.ts';
import type { Context } from '../view.ts';

const REFRESH_MS = 3000;

/** `gone`: the server knows no such session. */
export type KnownRecord = AgentSessionResource | 'gone' | undefined;

/** Events after which the record is another; those that come with every few words are left to the next round. */
const CHANGING = [
  'prompt',
  'turn_end',
  'permission',
  'permission_answer',
  'state',
  'attached',
  'detached',
  'current_mode_update',
  'config_option_update',
  'available_commands_update',
  'session_info_update',
];

export class SessionRecord {
  readonly now = new Store<KnownRecord>(undefined);
  /** Asks at once. */
  readonly refresh: () => void;

  constructor({ client, connection }: Context, id: string, signal: AbortSignal) {
    this.refresh = poll(connection, signal, REFRESH_MS, async () => {
      if (this.now.value === 'gone') return;
      try {
        this.set(await client.agents.get(id, signal));
      } catch (error) {
        if (!(error instanceof ClientError && error.status === 404)) throw error;
        this.now.set('gone');
      }
    });
  }

  set(record: AgentSessionResource): void {
    if (JSON.stringify(record) !== JSON.stringify(this.now.value)) this.now.set(record);
  }

  takeNoteOf(event: string): void {
    if (CHANGING.includes(event)) this.refresh();
  }

  /** Resolves to the first record that fits; never, once the signal has aborted. */
  when(fits: (record: AgentSessionResource) => boolean, signal: AbortSignal): Promise<AgentSessionResource> {
    const { promise, resolve } = Promise.withResolvers<AgentSessionResource>();
    const found = new AbortController();
    this.now.watch(AbortSignal.any([signal, found.signal]), (record) => {
      if (record === undefined || record === 'gone' || !fits(record)) return;
      found.abort();
      resolve(record);
    });
    return promise;
  }
}
