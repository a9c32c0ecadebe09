/** Ctrl-C while the hooks run that draw our marks. */
import { expect, test } from 'bun:test';
import { waitFor } from '../support/sandbox.ts';
import { done, missing, Shell } from './shell.ts';

/** Many times as long as usual, each prompt looks after the hooks, and makes their list anew. */
const BUSY_HOOKS = `
busy() { for ((n = 0; n < 1000; n++)); do __agent_server_missed=2 __agent_server_hook; done; }
PROMPT_COMMAND=busy
`;
const ROUNDS = 40;

test.skipIf(missing('bash'))('leaves bash running, and its hooks in their places', async () => {
  await using shell = await Shell.open({ shell: 'bash' }, { '.bashrc': BUSY_HOOKS });
  const { terminal } = shell;
  expect(await shell.execute('echo hi')).toEqual(done('hi\n', 0));
  for (let round = 0; round < ROUNDS; round++) {
    const from = terminal.bytes;
    terminal.input('\r');
    await waitFor('the hooks to run', () => terminal.read(from).data.includes('\u001B]133;D'));
    terminal.input('\u0003');
    await waitFor('the prompt after them, or the end of the shell', () => {
      return terminal.status === 'exited' || terminal.read(from).data.includes('\u001B]133;B');
    });
    expect(terminal.status).toBe('running');
  }
  expect(await shell.execute('echo "${PROMPT_COMMAND[*]}"')).toEqual(
    done('__agent_server_first busy __agent_server_last\n', 0),
  );
});
