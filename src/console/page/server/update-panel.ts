/** Self-update for people: what it is doing, what can be done about it, and which versions have failed here. */
import { ClientError } from '../../../client/failure.ts';
import type { UpdateRequest, UpdateResource } from '../../../protocol/update.ts';
import { button } from '../button.ts';
import { h, setChildren, setText } from '../element.ts';
import { reportFailure } from '../report-failure.ts';
import { statusBadge } from '../status.ts';
import { timeElement } from '../time.ts';
import type { Context } from '../view.ts';
import { rolledBack } from './rolled-back.ts';
import type { UpdateFeed } from './update-feed.ts';
import { updateProgress } from './update-progress.ts';
import { updateRefusal } from './update-refusal.ts';
import { updateText } from './update-text.ts';

/** What is being fetched or tested can be called off, what is being put in place cannot. */
const CAN_BE_CALLED_OFF: readonly UpdateResource['state'][] = ['scheduled', 'checking', 'downloading', 'trying'];

export function updatePanel(
  { client, connection, health }: Context,
  feed: UpdateFeed,
  signal: AbortSignal,
): HTMLElement {
  const status = h('div', { class: 'update-status', role: 'status', tabindex: -1 });
  const checked = h('p', { class: 'help' });
  const progress = updateProgress();
  const refusal = updateRefusal();
  const failed = rolledBack();
  const check = button('Check for updates', () => void ask(() => client.update.check()), { icon: 'repeat' });
  const install = button('Update', () => void start('now'), { icon: 'download' });
  const whenIdle = button('Update when idle', () => void start('idle'), { kind: 'primary', icon: 'clock' });
  const callOff = button('Cancel the update', () => void cancel(), { icon: 'cross' });
  const buttons = h('div', { class: 'tools' }, install, whenIdle, check, callOff);
  /** A second press asks for nothing; what is under way can be called off all the same. */
  let asking = false;

  const ask = async (call: () => Promise<unknown>, refused?: (why: string) => void): Promise<void> => {
    if (asking) return;
    asking = true;
    refusal.show(undefined);
    try {
      await feed.during(call());
    } catch (error) {
      if (refused !== undefined && error instanceof ClientError && error.status === 409) refused(error.message);
      else reportFailure(connection, error);
    }
    asking = false;
    show();
  };
  const start = (when: UpdateRequest['when']): Promise<void> =>
    ask(
      () => client.update.start(when),
      (why) => refusal.show(why),
    );
  const cancel = async (): Promise<void> => {
    try {
      await feed.during(client.update.cancel());
    } catch (error) {
      reportFailure(connection, error);
    }
  };

  let told = '';
  const show = (): void => {
    const { value: update } = feed.now;
    if (update === undefined) return;
    const { at } = connection.state.value;
    // Asked for before anything is hidden: an element that is hidden has lost it.
    const focused = document.activeElement;
    const { style, text } = updateText(update, at);
    // A live region is read out again whenever its content is replaced.
    if (told !== style.word + text) {
      told = style.word + text;
      setChildren(status, statusBadge(style), h('p', {}, text));
    }
    const { state, available, lastCheckedAt, bad, download } = update;
    const free = at === 'connected' && state === 'idle';
    const looked = free ? lastCheckedAt : undefined;
    setChildren(checked, ...(looked === undefined ? [] : ['Last checked ', timeElement(looked), '.']));
    progress.show(at === 'connected' && state === 'downloading' ? download : undefined);
    refusal.element.hidden = !free;
    failed.show(bad);
    setText(install.lastElementChild ?? install, `Update to ${available}`);
    whenIdle.hidden = !free || !refusal.isShown();
    install.hidden = !free || available === undefined;
    install.classList.toggle('primary', whenIdle.hidden);
    check.hidden = !free;
    callOff.hidden = at !== 'connected' || !CAN_BE_CALLED_OFF.includes(state);
    keepFocus(focused, buttons, status);
  };
  feed.now.watch(signal, show);
  connection.state.watch(signal, show);
  health.watch(signal, (known) => {
    // There is no reason left to wait.
    if (known?.activity.length === 0) refusal.show(undefined);
    show();
  });
  return h(
    'section',
    { class: 'panel', 'aria-labelledby': 'update-title' },
    h('h2', { id: 'update-title' }, 'Updates'),
    status,
    progress.element,
    checked,
    refusal.element,
    buttons,
    failed.element,
  );
}

/** A button that has done its work and is gone does not take the focus with it. `focused`: what had it before. */
function keepFocus(focused: Element | null, buttons: HTMLElement, status: HTMLElement): void {
  if (!(focused instanceof HTMLElement) || !focused.hidden || !buttons.contains(focused)) return;
  (buttons.querySelector<HTMLElement>('button:not([hidden])') ?? status).focus();
}
