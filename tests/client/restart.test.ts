/** The client over a server that is killed and started again on the same port. */
import { expect, test } from 'bun:test';
import { Client } from '../../src/client/client.ts';
import { liveServer } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

test('following goes on after the last event, and a submission meanwhile is one job', async () => {
  await using rig = await Rig.start(liveServer);
  const port = String(rig.port);
  const { commands } = rig;
  const client = new Client({ url: rig.url, key: rig.key });
  const gate = rig.gate();
  const { jobId } = await client.exec({
    command: commands.chain(commands.print('before'), commands.waitForFile(gate.path), commands.print('after')),
  });
  const ids: number[] = [];
  let text = '';
  let submitted: Promise<{ readonly jobId: string }> | undefined;
  for await (const event of client.follow(jobId)) {
    ids.push(event.id);
    if (event.type !== 'stdout') continue;
    text += event.text;
    if (submitted !== undefined) continue;
    await rig.kill9();
    submitted = client.exec({ command: commands.print('meanwhile') });
    // None for terminals: the port after ours may be somebody else's by now.
    await rig.restart({ port, 'terminal-port': '0' });
    gate.open();
  }
  expect(text).toBe('before\nafter\n');
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
  const { jobId: second = '' } = (await submitted) ?? {};
  expect((await client.wait(second)).stdout).toBe('meanwhile\n');
  expect((await client.jobs()).map((job) => job.jobId)).toEqual([second, jobId]);
});
