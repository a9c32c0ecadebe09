/** The dialog that opens a session with an agent. */
import { h } from '../element.ts';
import { filledIn, openingDialog, plainField } from '../opening-dialog.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { agentChoice } from './agent-choice.ts';
import { POLICY_TEXT } from './policy-text.ts';

/** Not made anew for each dialog: the next session is mostly one like the last. */
let lastFolder = '';

export function newAgentSession({ client, connection, health }: Context, opened: (id: string) => void): void {
  const agent = agentChoice();
  const cwd = plainField('cwd', health.value?.cwd ?? 'that of the server');
  cwd.value = lastFolder;
  const model = plainField('model', 'default of the agent');
  const policy = h(
    'select',
    { name: 'policy', 'aria-describedby': 'policy-help' },
    ...Object.entries(POLICY_TEXT).map(([value, text]) => h('option', { value }, text)),
  );
  openingDialog({
    title: 'New agent session',
    connection,
    fields: [
      ...agent.elements,
      h('label', {}, h('span', {}, 'Folder'), cwd),
      h('label', {}, h('span', {}, 'When the agent asks for permission'), policy),
      h(
        'p',
        { class: 'help', id: 'policy-help' },
        'This answers the requests of the agent. It does not restrict an agent that does not ask.',
      ),
      h('label', {}, h('span', {}, 'Model'), model),
    ],
    incomplete: () => (agent.value === '' ? 'Type the command line of an agent.' : undefined),
    async open() {
      lastFolder = cwd.value.trim();
      const { id } = await client.agents.open({
        agent: agent.value,
        policy: policy.value as keyof typeof POLICY_TEXT,
        ...filledIn({ cwd, model }),
      });
      return id;
    },
    opened,
  });
  agent.focus();
  client.agents.known().then(agent.show, (error: unknown) => {
    agent.show([]);
    reportFailure(connection, error);
  });
}
