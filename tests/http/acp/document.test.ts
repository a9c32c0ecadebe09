/** The program of docs/acp.md, as it stands there, under Node with the SDK's own client. */
import { expect, test } from 'bun:test';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from '../../cli/world.ts';
import { snippetsOf } from '../../from-ci/snippets.ts';
import { scriptedAgent } from '../../support/agents/scripted.ts';

test('it asks the default agent of a server', async () => {
  await using world = World.empty();
  const work = join(world.folder, 'work');
  for (const folder of [work, world.data]) mkdirSync(folder, { mode: 0o700 });
  writeFileSync(
    join(world.data, 'config.json'),
    JSON.stringify({ agents: { scripted: { command: scriptedAgent() } } }),
  );
  await world.startServer('--acp-agent', 'scripted');
  const program = join(world.folder, 'client.mjs');
  writeFileSync(program, snippetsOf('docs/acp.md').get('client.mjs') ?? '');
  // As `npm install @agentclientprotocol/sdk` beside it would.
  symlinkSync(join(import.meta.dir, '../../../node_modules'), join(world.folder, 'node_modules'), 'junction');
  const child = Bun.spawn(['node', program], {
    env: { PATH: process.env['PATH'], AGENT_SERVER_URL: world.url, AGENT_SERVER_KEY: world.key, AGENT_CWD: work },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [said, complaint] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  expect({ said, complaint }).toEqual({ said: 'echo: What does this project do?\nend_turn\n', complaint: '' });
  expect(await child.exited).toBe(0);
});
