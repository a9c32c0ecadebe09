/** Which agent: one of those that the server knows, the installed ones first, or any command line. */
import type { AgentResource } from '../../../protocol/agents.ts';
import { h, setChildren } from '../element.ts';
import { webAddress } from '../web-address.ts';

/** No id of an agent. */
const COMMAND_LINE = '';

export interface AgentChoice {
  readonly elements: readonly HTMLElement[];
  /** Id or command line; empty when none was typed. */
  readonly value: string;
  readonly show: (agents: readonly AgentResource[]) => void;
  readonly focus: () => void;
}

export function agentChoice(): AgentChoice {
  let known: readonly AgentResource[] = [];
  const select = h(
    'select',
    { name: 'agent', on: { change: () => chosen() } },
    h('option', { value: COMMAND_LINE }, 'Looking for agents…'),
  );
  const command = h('input', {
    class: 'mono',
    name: 'command',
    placeholder: 'my-agent --acp',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
  });
  const commandField = h('label', { hidden: true }, h('span', {}, 'Command line'), command);
  const remark = h('p', { class: 'help', hidden: true });
  const chosen = (): void => {
    commandField.hidden = select.value !== COMMAND_LINE;
    const agent = known.find(({ id }) => id === select.value);
    const missing = agent !== undefined && !agent.installed;
    remark.hidden = !missing;
    setChildren(remark, ...(missing ? notInstalled(agent) : []));
  };
  return {
    elements: [h('label', {}, h('span', {}, 'Agent'), select), remark, commandField],
    get value() {
      return select.value === COMMAND_LINE ? command.value.trim() : select.value;
    },
    show(agents) {
      known = agents;
      const installed = agents.filter((agent) => agent.installed);
      const others = agents.filter((agent) => !agent.installed);
      setChildren(
        select,
        installed.length > 0 && h('optgroup', { label: 'Installed' }, ...installed.map(choice)),
        h('option', { value: COMMAND_LINE }, 'A command line…'),
        others.length > 0 && h('optgroup', { label: 'Not installed' }, ...others.map(choice)),
      );
      select.value = installed[0]?.id ?? COMMAND_LINE;
      chosen();
    },
    focus: () => select.focus(),
  };
}

const choice = ({ id, name, version }: AgentResource): HTMLElement =>
  h('option', { value: id }, version === undefined ? name : `${name} ${version}`);

function notInstalled({ name, command, homepage = '' }: AgentResource): (Node | string)[] {
  const href = webAddress(homepage);
  const program = command.split(' ', 1)[0] ?? command;
  return [
    `${name} is not installed on the server: there is no `,
    h('code', {}, program),
    ' on its path. ',
    ...(href === undefined
      ? []
      : [h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, 'How to install it')]),
  ];
}
