/** Mode, model and the other options of a session as controls. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';
import { announce } from '../announce.ts';
import { h, setChildren } from '../element.ts';
import { keyedList, type Row } from '../keyed-list.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { isOpenSession } from './agent-status.ts';
import { optionsOf, type SessionOption } from './option-list.ts';
import type { SessionRecord } from './session-record.ts';

export function sessionOptions(
  { client: { agents }, connection }: Context,
  id: string,
  record: SessionRecord,
  signal: AbortSignal,
): HTMLElement {
  const element = h('div', { class: 'session-options' });
  const set = (option: SessionOption, value: string | boolean): Promise<AgentSessionResource> => {
    if (option.via === 'mode') return agents.setMode(id, String(value));
    return option.via === 'model' ? agents.setModel(id, String(value)) : agents.setConfig(id, option.id, value);
  };
  const choose = async (option: SessionOption, value: string | boolean): Promise<void> => {
    try {
      record.set(await set(option, value));
      announce(`${option.name} set`);
    } catch (error) {
      reportFailure(connection, error);
    }
  };
  const showOptions = keyedList<SessionOption>(
    element,
    ({ via, id: name, choices }) => `${via} ${name} ${choices === undefined ? 'check' : 'select'}`,
    (option) => (option.choices === undefined ? checkRow(option, choose) : selectRow(option, choose)),
    signal,
  );
  const show = (): void => {
    const now = record.now.value;
    if (now === undefined || now === 'gone') return;
    const open = isOpenSession(now);
    element.hidden = !open;
    showOptions(optionsOf(now));
  };
  record.now.watch(signal, show);
  return element;
}

type Choose = (option: SessionOption, value: string | boolean) => Promise<void>;

/** While a choice is on its way, the control shows it, and not the record that does not know of it yet. */
function optionRow(
  option: SessionOption,
  choose: Choose,
  {
    element,
    value,
    show,
  }: { element: HTMLElement; value: () => string | boolean; show: (option: SessionOption) => void },
): Row<SessionOption> {
  let latest = option;
  let choosing = 0;
  const changed = async (): Promise<void> => {
    choosing += 1;
    await choose(option, value());
    choosing -= 1;
    if (choosing === 0) show(latest);
  };
  element.addEventListener('change', () => void changed());
  return {
    element,
    update(now) {
      latest = now;
      if (choosing === 0) show(now);
    },
  };
}

function selectRow(option: SessionOption, choose: Choose): Row<SessionOption> {
  const select = h('select', { title: option.name });
  const element = h('label', { title: option.description }, h('span', { class: 'spoken' }, option.name), select);
  let shown = '';
  const show = ({ choices = [], value }: SessionOption): void => {
    const wanted = JSON.stringify(choices);
    // Replacing the choices would close a list that is open.
    if (wanted !== shown) setChildren(select, ...choiceElements(choices));
    shown = wanted;
    select.value = String(value);
  };
  return optionRow(option, choose, { element, value: () => select.value, show });
}

function checkRow(option: SessionOption, choose: Choose): Row<SessionOption> {
  const box = h('input', { type: 'checkbox' });
  const element = h('label', { class: 'check-option', title: option.description }, box, option.name);
  const show = ({ value }: SessionOption): void => void (box.checked = value === true);
  return optionRow(option, choose, { element, value: () => box.checked, show });
}

function choiceElements(choices: NonNullable<SessionOption['choices']>): HTMLElement[] {
  const elements: HTMLElement[] = [];
  const groups = new Map<string, HTMLElement>();
  for (const { value, name, description, group } of choices) {
    const choice = h('option', { value, title: description }, name);
    if (group === undefined) {
      elements.push(choice);
      continue;
    }
    let place = groups.get(group);
    if (place === undefined) {
      place = h('optgroup', { label: group });
      groups.set(group, place);
      elements.push(place);
    }
    place.append(choice);
  }
  return elements;
}
