/**
 * One process in detail, for as long as it runs.
 *
 *   loading ──record──▶ running ──signal sent──▶ asked to end ──┐
 *      │                   └────────────────────────────────────┴──▶ over
 *      └──none of that number──────────────────────────────────────▶ over
 */
import { ClientError } from '../../../client/failure.ts';
import type { ProcessResource } from '../../../protocol/processes.ts';
import { announce } from '../announce.ts';
import { button } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import { emptyPlace } from '../empty.ts';
import { icon } from '../icon.ts';
import { may } from '../may.ts';
import { inReadingOrder } from '../one-line.ts';
import { poll } from '../polling.ts';
import { routeTo } from '../route.ts';
import { statusBadge } from '../status.ts';
import type { Context } from '../view.ts';
import { endProcess, type EndingSignal } from './end-process.ts';
import { processFacts } from './process-facts.ts';
import { processStatus } from './process-status.ts';
import { titleOf } from './process-text.ts';

const REFRESH_MS = 2000;

type State =
  | { readonly at: 'loading' }
  | { readonly at: 'running'; readonly process: ProcessResource; readonly asked: boolean }
  | { readonly at: 'over' };

export function processDetail(context: Context, id: string, signal: AbortSignal, changed: () => void): HTMLElement {
  const { client, connection, health, query } = context;
  const place = h('article', { class: 'process', 'aria-busy': 'true' });
  const badge = h('span', {});
  const command = h('pre', { class: 'command', tabindex: 0, 'aria-label': 'Command line' });
  const facts = processFacts();
  const actions = h('div', { class: 'tools' });
  const remark = h('p', { class: 'output-note', hidden: true }, 'It was asked to end, and is still there.');
  const back = h(
    'a',
    { class: 'back', href: routeTo('machine', undefined, query.value), 'aria-label': 'Back to the list' },
    icon('back'),
  );
  query.watch(signal, (wanted) => back.setAttribute('href', routeTo('machine', undefined, wanted)));
  const over = new AbortController();
  const life = AbortSignal.any([signal, over.signal]);
  let state: State = { at: 'loading' };
  let word = '';

  const end = async (how: EndingSignal): Promise<void> => {
    if (state.at !== 'running' || !(await endProcess(context, state.process, how))) return;
    if (state.at === 'running') state = { ...state, asked: true };
    look();
    changed();
  };
  const showActions = (): void => {
    const ending = state.at === 'running' && may(health.value, 'run');
    const asked = state.at === 'running' && state.asked;
    remark.hidden = !asked;
    const wanted = ending ? (asked ? 'Kill' : 'End') : '';
    // A button stays as it is, and keeps the focus, until there is another.
    if (actions.textContent === wanted) return;
    setChildren(
      actions,
      ending && button(wanted, () => void end(asked ? 'SIGKILL' : 'SIGTERM'), { icon: 'stop', kind: 'danger' }),
    );
  };
  health.watch(life, showActions);

  const show = (process: ProcessResource): void => {
    if (state.at === 'loading') {
      setChildren(place, h('div', { class: 'detail-top' }, back, badge, actions, command), remark, facts.element);
      place.removeAttribute('aria-busy');
    }
    state = { at: 'running', process, asked: state.at === 'running' && state.asked };
    const style = processStatus(process.status);
    if (style.word !== word) setChildren(badge, statusBadge(style));
    word = style.word;
    setText(command, inReadingOrder(process.command ?? '') || titleOf(process));
    facts.show(process);
    showActions();
  };
  const finish = (ended: HTMLElement | undefined): void => {
    const seen = state.at === 'running';
    state = { at: 'over' };
    over.abort();
    place.removeAttribute('aria-busy');
    showActions();
    if (ended !== undefined) setChildren(place, h('div', { class: 'detail-top' }, back), ended);
    if (seen) announce(`Process ${id} has ended`);
    changed();
  };
  const look = poll(connection, life, REFRESH_MS, async () => {
    if (!/^\d{1,10}$/.test(id)) return finish(gone(id));
    try {
      const process = await client.processes.get(Number(id), life);
      const isAnother = state.at === 'running' && state.process.startTime !== process.startTime;
      if (isAnother && process.status !== 'ended') return finish(replaced(id));
      show(process);
      if (process.status === 'ended' && process.exitCode !== undefined) finish(undefined);
    } catch (error) {
      if (!(error instanceof ClientError && error.status === 404)) throw error;
      finish(gone(id));
    }
  });
  return place;
}

const gone = (id: string): HTMLElement =>
  emptyPlace(
    'machine',
    'There is no such process',
    `${id} has ended, or was never there. `,
    h('a', { href: routeTo('machine') }, 'Show the others'),
    '.',
  );

const replaced = (id: string): HTMLElement =>
  emptyPlace(
    'machine',
    'This process has ended',
    `Its number, ${id}, is another one’s by now. `,
    h('a', { href: routeTo('machine') }, 'Show what runs'),
    '.',
  );
