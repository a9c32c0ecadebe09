/** What a server that runs and one that is asked to stop do about jobs. */
import { describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

export function stopSuite(door: Door): void {
  const posixOnly = door.platform === 'posix';

  describe('a server that runs', () => {
    test('a second server on the same data folder does not start, and says who holds it', async () => {
      await using rig = await Rig.start(door);
      const attempt = rig.door.open(rig.place);
      const said = await attempt.then(
        (second) => second[Symbol.asyncDispose](),
        (error: unknown) => String(error),
      );
      expect(said).toContain(`agent-server already runs at ${rig.url}`);
      expect((await rig.ask('/health')).status).toBe(200);
    });
  });

  if (!posixOnly) console.log('a server that is asked to stop: skipped, a process in Wine gets no SIGTERM');
  describe.if(posixOnly)('a server that is asked to stop', () => {
    test('leaves jobs running, says so in one line, and the next start takes them up', async () => {
      await using rig = await Rig.start(door);
      const { commands } = rig;
      const gate = rig.gate();
      const id = await rig.exec(
        commands.chain(
          commands.print('before'),
          commands.waitForFile(gate.path),
          commands.print('after'),
          commands.exit(4),
        ),
      );
      const { pid } = await rig.printed(id, 'before');
      const { code, said } = await rig.stop();
      expect(code).toBe(0);
      expect(said.trim().split('\n').at(-1)).toContain('1 job');
      expect(rig.alive(pid ?? 0)).toBe(true);
      await rig.restart();
      expect((await rig.job(id)).status).toBe('running');
      gate.open();
      expect(await rig.finished(id)).toMatchObject({ exitCode: 4, stdout: 'before\nafter\n' });
    });

    test('does not wait for who follows or polls', async () => {
      await using rig = await Rig.start(door);
      const gate = rig.gate();
      const id = await rig.exec(rig.commands.waitForFile(gate.path));
      await rig.running(id);
      const following = rig.events(id).catch(() => 'cut off');
      const polling = rig.request(`/jobs/${id}?wait=30`).catch(() => 'cut off');
      await rig.waitFor('the follower', () => existsSync(join(rig.place.data, 'jobs', id, 'events.jsonl')));
      expect((await rig.stop()).code).toBe(0);
      await Promise.all([following, polling]);
      await rig.restart();
      gate.open();
      expect((await rig.finished(id)).status).toBe('completed');
    });
  });
}
