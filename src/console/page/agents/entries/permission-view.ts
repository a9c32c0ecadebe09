/** A permission request: what the agent wants to do, and a button for each answer; afterwards, who answered and why. */
import { button } from '../../button.ts';
import { h, setChildren } from '../../element.ts';
import { icon } from '../../icon.ts';
import type { PermissionEntry } from '../conversation/entry.ts';
import { newTool, mergeTool } from '../conversation/tool-facts.ts';
import { textOf, type Sent } from '../sent.ts';
import { toolContent } from '../tool-call/tool-content.ts';
import type { EntryView } from './entry-view.ts';
import { kindText } from './tool-view.ts';

/** Resolves when the answer was taken, or was refused and reported. */
type AnswerPermission = (permissionId: string, optionId: string) => Promise<void>;

export interface PermissionActions {
  readonly answer: AnswerPermission;
  /** Where the focus goes from a button that was pressed and is gone. */
  readonly focusNext: () => void;
}

export function permissionView(entry: PermissionEntry, { answer, focusNext }: PermissionActions): EntryView {
  const tool = newTool(entry.id, '');
  mergeTool(tool, entry.toolCall);
  const title = tool.title === '' ? 'A tool call' : tool.title;
  const state = h('div', { class: 'permission-state' });
  const content = h('div', { class: 'tool-body' });
  const details = h(
    'details',
    { class: 'permission-details', on: { toggle: () => details.open && fill() } },
    h('summary', {}, 'What it wants to do'),
    content,
  );
  const fill = (): void => {
    if (content.childElementCount === 0) setChildren(content, ...toolContent(tool, () => undefined));
  };
  const element = h(
    'section',
    { class: 'permission', 'aria-label': `Permission: ${title}` },
    h('p', {}, icon('lock'), h('span', { class: 'tool-kind' }, kindText(tool.kind)), h('b', {}, title)),
    details,
    state,
  );
  // Whoever answers is to see what is changed, without another step.
  details.open = entry.answer === undefined;
  if (details.open) fill();
  let busy = false;
  const choose = async (optionId: string): Promise<void> => {
    // Not by disabling the buttons: that would take the focus away.
    if (busy) return;
    busy = true;
    await answer(entry.permissionId, optionId);
    busy = false;
  };
  let answered: boolean | undefined;
  return {
    element,
    update() {
      if (answered === (entry.answer !== undefined)) return;
      answered = entry.answer !== undefined;
      element.classList.toggle('waiting', !answered);
      const hadFocus = state.contains(document.activeElement);
      if (answered) {
        details.open = false;
        setChildren(state, answerText(entry));
        if (hadFocus) focusNext();
      } else setChildren(state, ...entry.options.map((one) => optionButton(one, (optionId) => void choose(optionId))));
    },
  };
}

function optionButton(option: Sent, choose: (optionId: string) => void): HTMLButtonElement {
  const optionId = String(option['optionId']);
  const kind = textOf(option['kind']) ?? '';
  return button(textOf(option['name']) ?? optionId, () => choose(optionId), {
    kind: kind === 'allow_once' ? 'primary' : kind.startsWith('reject') ? 'danger' : 'plain',
    title: TITLES[kind] ?? 'An answer of the agent’s own',
  });
}

const TITLES: Readonly<Record<string, string>> = {
  allow_once: 'Allow it this once',
  allow_always: 'Allow it, and what the agent considers the same, from now on',
  reject_once: 'Reject it this once',
  reject_always: 'Reject it, and what the agent considers the same, from now on',
};

function answerText({ options, answer }: PermissionEntry): HTMLElement {
  const { optionId, by, reason } = answer ?? {};
  const option = options.find((one) => one['optionId'] === optionId);
  const allowed = textOf(option?.['kind'])?.startsWith('allow') === true;
  const choice =
    option === undefined ? 'Not answered' : `${allowed ? 'Allowed' : 'Rejected'}: ${String(option['name'])}`;
  const why = by === 'person' ? 'by a person' : [by === 'policy' && 'policy', reason].filter(Boolean).join(': ');
  return h(
    'p',
    { class: allowed ? 'allowed' : 'rejected' },
    icon(allowed ? 'check' : 'cross'),
    h('span', {}, choice),
    why !== '' && h('span', { class: 'help' }, `(${why})`),
  );
}
