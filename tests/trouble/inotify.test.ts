/** No watch on a file is to be had: other programs of the same user have used up what the kernel gives one user. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { openHome, STORY_MS, type LiveServer } from './live-server.ts';

setDefaultTimeout(STORY_MS);

/** A user namespace has limits of its own, which its root may lower. */
const without = (limit: string) => ['unshare', '-rm', 'sh', '-c', `echo 0 >/proc/sys/user/${limit}; exec "$@"`, 'sh'];
const LIMITS = ['max_inotify_instances', 'max_inotify_watches'];
const [first = ''] = LIMITS;
const canLimit = Bun.which('unshare') !== null && Bun.spawnSync([...without(first), 'true']).exitCode === 0;
if (!canLimit) console.log('tests/trouble/inotify.test.ts skipped: needs user namespaces (unshare -rm)');

const command = async (server: LiveServer, text: string, more: Record<string, unknown> = {}) =>
  server.finished(await server.exec(text, { mode: 'persistent_shell', shell: 'bash', sessionKey: 'build', ...more }));

describe.skipIf(!canLimit)('a server for which there is no inotify', () => {
  test.each(LIMITS.map((limit) => [limit]))(
    '%s is 0: sessions work, and notice the end of each command',
    async (limit) => {
      using home = openHome(undefined, {}, without(limit));
      await using server = await home.serve();
      expect(await command(server, 'step=1; echo begun')).toMatchObject({ exitCode: 0, stdout: 'begun\n' });
      for (let round = 1; round <= 5; round += 1)
        expect(await command(server, 'step=$((step + 1)); (exit $step)')).toMatchObject({ exitCode: round + 1 });
      expect(await command(server, 'sleep 600', { timeout: 1 })).toMatchObject({ status: 'timeout', timedOut: true });
      const cancelled = await server.exec('sleep 600', {
        mode: 'persistent_shell',
        shell: 'bash',
        sessionKey: 'build',
      });
      await server.post(`/jobs/${cancelled}/cancel`, {});
      expect(await server.finished(cancelled)).toMatchObject({ cancelled: true });
      expect(await command(server, 'echo fine')).toMatchObject({ exitCode: 0, stdout: 'fine\n' });
      const deleted = await server.fetch('/sessions/build', { method: 'DELETE' });
      expect(await deleted.json()).toEqual({ deleted: true, sessionKey: 'build' });
      expect(server.stderr).not.toMatch(/unhandled|TypeError/i);
    },
  );
});
