/** The dialog that opens a session with an agent. */
import type { AgentSessionRequest } from '../../../protocol/agents.ts';
import { button } from '../button.ts';
import { openDialog } from '../dialog.ts';
import { h, setText } from '../element.ts';
import { sentence } from '../notice.ts';
import { reportFailure } from '../report-failure.ts';
import type { Context } from '../view.ts';
import { agentChoice } from './agent-choice.ts';
import { POLICY_TEXT } from './policy-text.ts';

/** Not made anew for each dialog: the next session is mostly one like the last. */
let lastFolder = '';

export function newAgentSession({ client, connection, health }: Context, opened: (id: string) => void): void {
  const field = (name: string, placeholder: string): HTMLInputElement =>
    h('input', { class: 'mono', name, placeholder, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const agent = agentChoice();
  const cwd = field('cwd', health.value?.cwd ?? 'the server’s own');
  cwd.value = lastFolder;
  const model = field('model', 'the agent’s own');
  const policy = h(
    'select',
    { name: 'policy', 'aria-describedby': 'policy-help' },
    ...Object.entries(POLICY_TEXT).map(([value, text]) => h('option', { value }, text)),
  );
  const problem = h('p', { class: 'problem', role: 'alert' });
  const create = button('Open', undefined, { kind: 'primary', type: 'submit' });
  const given = (name: string, { value }: HTMLInputElement): Partial<AgentSessionRequest> =>
    value.trim() === '' ? {} : { [name]: value.trim() };
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (create.disabled) return;
    if (agent.value === '') return setText(problem, 'Type the command line of an agent.');
    create.disabled = true;
    setText(problem, '');
    lastFolder = cwd.value.trim();
    try {
      const { id } = await client.agents.open({
        agent: agent.value,
        policy: policy.value as keyof typeof POLICY_TEXT,
        ...given('cwd', cwd),
        ...given('model', model),
      });
      dialog.close();
      opened(id);
    } catch (error) {
      if (connection.explains(error)) dialog.close();
      else setText(problem, sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      create.disabled = false;
    }
  };
  const dialog = openDialog({
    title: 'New session with an agent',
    body: [
      h(
        'form',
        { class: 'fields', on: { submit: (event) => void submit(event) } },
        ...agent.elements,
        h('label', {}, h('span', {}, 'Folder'), cwd),
        h('label', {}, h('span', {}, 'When the agent asks for permission'), policy),
        h(
          'p',
          { class: 'help', id: 'policy-help' },
          'This decides what the agent asks for. It does not confine an agent that does not ask.',
        ),
        h('label', {}, h('span', {}, 'Model'), model),
        problem,
        h(
          'div',
          { class: 'buttons' },
          button('Cancel', () => dialog.close()),
          create,
        ),
      ),
    ],
    buttons: [],
  });
  agent.focus();
  client.agents.known().then(agent.show, (error: unknown) => {
    agent.show([]);
    reportFailure(connection, error);
  });
}
