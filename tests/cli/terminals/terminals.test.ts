/** The verb `terminals`. */
import { describe, expect, test } from 'bun:test';
import { Client } from '../../../src/client/client.ts';
import { runInProcess } from '../in-process.ts';
import { World } from '../world.ts';

describe.skipIf(process.platform === 'win32')('terminals', () => {
  test('lists them, with nothing that moves the cursor, and says so where there is none', async () => {
    await using world = await World.start();
    expect(await world.cli(['terminals'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no terminals; try: npm start -- attach\n',
    });
    const { terminals } = new Client({ url: world.url, key: world.key });
    const { id } = await terminals.open({ name: 'build', shell: '/bin/sh', cols: 100, rows: 30 });
    const gone = await terminals.open({ shell: 'sh', args: ['-c', 'exit 3'] });
    while ((await terminals.get(gone.id)).status === 'running') await terminals.output(gone.id, { waitSeconds: 1 });
    const { stdout } = await world.cli(['terminals']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^NAME +ID +SHELL +STATUS +SIZE +ATTACHED +AGE +LAST OUTPUT$/);
    expect(first).toMatch(new RegExp(`^build +${id} +sh +running +100×30 +0 +\\d+s +(\\d+s ago)?$`));
    expect(second).toMatch(new RegExp(`^ +${gone.id} +sh +exited 3 +80×24 +0 +\\d+s *$`));
    expect(stdout).not.toContain('\u001b');
    expect(JSON.parse((await world.cli(['terminals', '--json'])).stdout)).toMatchObject([
      { id, name: 'build' },
      { id: gone.id },
    ]);
  });

  test('delete ends one, by its name or its id', async () => {
    await using world = await World.start();
    const { terminals } = new Client({ url: world.url, key: world.key });
    await terminals.open({ name: 'a/b', shell: 'sh' });
    const { id } = await terminals.open({ shell: 'sh' });
    expect(await world.cli(['terminals', 'delete', 'a/b'])).toEqual({ code: 0, stdout: 'a/b deleted\n', stderr: '' });
    expect(JSON.parse((await world.cli(['terminals', 'delete', id, '--json'])).stdout)).toEqual({ deleted: true, id });
    expect(await terminals.list()).toEqual([]);
    expect(await world.cli(['terminals', 'delete', id])).toEqual({
      code: 1,
      stdout: '',
      stderr: `agent-server: the server says: terminal not found ("${id}"); see npm start -- terminals\n`,
    });
    expect((await runInProcess('terminals', 'delete')).code).toBe(2);
    expect((await runInProcess('terminals', 'remove', id)).code).toBe(2);
  });
});
