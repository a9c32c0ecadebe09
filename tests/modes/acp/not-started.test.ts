/** An agent that cannot be started: its job says so in words. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptedAgentLine } from '../../support/agents/scripted.ts';
import { inProcess } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';

describe.skipIf(process.platform === 'win32')('an acp job whose agent cannot be started', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(inProcess);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const run = () => rig.run('', { mode: 'acp', agent: scriptedAgentLine(), prompt: 'hi' });

  test('because it gets no folder: stderr says it, too, and the next one works', async () => {
    const folder = join(rig.place.data, 'agents', 'run');
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, 'in the way');
    const job = await run();
    expect(job).toMatchObject({ status: 'failed', exitCode: 1, stopReason: 'error', acpSessionId: null, events: [] });
    expect(job.acpError).toMatch(/^the agent could not be started: ENOTDIR: /);
    expect(job.stderr).toBe(job.acpError ?? '');
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    expect(await run()).toMatchObject({ status: 'completed', stdout: 'echo: hi', stderr: '' });
  });
});
