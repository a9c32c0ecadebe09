/** Slash commands of the agent that begin as the prompt does; a press puts one into the prompt box. */
import { h, setChildren } from '../element.ts';
import { listOf, objectOf, textOf } from './sent.ts';
import type { SessionRecord } from './session-record.ts';

const MAX_HINTS = 8;

interface SlashCommand {
  readonly name: string;
  readonly description: string;
}

export function commandHints(box: HTMLTextAreaElement, record: SessionRecord, signal: AbortSignal): HTMLElement {
  const element = h('ul', { class: 'command-hints', 'aria-label': 'Commands of the agent', hidden: true });
  const take = ({ name }: SlashCommand): void => {
    box.value = `/${name} `;
    box.dispatchEvent(new Event('input'));
    box.focus();
  };
  const show = (): void => {
    const now = record.now.value;
    const typed = /^\/([^\s/]*)$/.exec(box.value)?.[1];
    const fitting =
      typed === undefined || now === undefined || now === 'gone'
        ? []
        : listOf(now.commands)
            .flatMap(commandOf)
            .filter(({ name }) => name.startsWith(typed));
    element.hidden = fitting.length === 0;
    setChildren(element, ...fitting.slice(0, MAX_HINTS).map((command) => hint(command, () => take(command))));
  };
  box.addEventListener('input', show, { signal });
  return element;
}

const hint = ({ name, description }: SlashCommand, press: () => void): HTMLElement =>
  h('li', {}, h('button', { type: 'button', class: 'button', title: description, on: { click: press } }, `/${name}`));

function commandOf(sent: unknown): SlashCommand[] {
  const { name, description } = objectOf(sent);
  return typeof name === 'string' ? [{ name, description: textOf(description) ?? '' }] : [];
}
