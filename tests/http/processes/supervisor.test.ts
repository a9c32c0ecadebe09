/** The supervisor of a server is as untouchable as the server: ended, nothing would start it again. */
import { expect, test } from 'bun:test';
import { SUPERVISOR_VARIABLE } from '../../../src/core/environment.ts';
import type { ProcessResource } from '../../../src/protocol/processes.ts';
import { SUPERVISOR_PROTOCOL } from '../../../src/updater/supervision.ts';
import { inProcess } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';

test.each([
  [{ [SUPERVISOR_VARIABLE]: SUPERVISOR_PROTOCOL }, 403],
  // Without one, what has started the server is a process as others are.
  [{}, 409],
])('the process that has started a server with %j: a signal is %d', async (env, status) => {
  await using rig = await Rig.start(inProcess, { env });
  const { server } = await rig.get<{ server: { pid: number } }>('/system');
  const { ppid } = await rig.get<ProcessResource>(`/processes/${server.pid}`);
  expect(
    (await rig.ask(`/processes/${ppid}/signal`, { json: { signal: 'SIGCONT', startTime: 'another' } })).status,
  ).toBe(status);
});
