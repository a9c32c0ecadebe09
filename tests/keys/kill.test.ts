/** A server that is killed (-9) while it stores its keys: the next one has the old keys or the new ones, and no litter. */
import { expect, test } from 'bun:test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { Keys } from '../../src/keys/keys.ts';
import { durableFiles } from '../../src/platform/files/durable-files.ts';
import { Sandbox } from '../support/sandbox.ts';

const PROGRAM = join(import.meta.dir, '../fixtures/dying-keys.ts');

test.each([
  ['before-rename', ['first']],
  ['after-rename', ['first', 'second']],
])('%s', async (when, names) => {
  using box = new Sandbox();
  const open = () =>
    new Keys({ folder: box.path, files: durableFiles, clock: systemClock, log: silentLog, ended() {} });
  {
    using keys = open();
    expect(keys.add({ name: 'first', scopes: ['observe'] }).ok).toBe(true);
  }
  const cmd = [process.execPath, PROGRAM, box.path, when];
  const child = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const said = await new Response(child.stderr).text();
  expect({ signal: (await child.exited, child.signalCode), said }).toEqual({ signal: 'SIGKILL', said: '' });
  if (when === 'before-rename') expect(readdirSync(box.path)).toHaveLength(2);
  using keys = open();
  expect([...keys.valid()].map(({ name }) => name)).toEqual(names);
  expect(keys.problems).toEqual([]);
  expect(readdirSync(box.path)).toEqual(['keys.json']);
});
