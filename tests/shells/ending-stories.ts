/** How commands and sessions end, and what is left then: a part of the session stories, for every shell. */
import { expect, test } from 'bun:test';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Rig } from '../support/rig.ts';
import type { SessionsOfOneShell } from './preparation-stories.ts';

export function endingStories({ words, door, env, rig, submit, run, session }: SessionsOfOneShell): void {
  /** Whether the processes are those of this system, which can be found and killed. */
  const ownSystem = door.platform === 'posix';
  if (!ownSystem)
    process.stdout.write(`${words.name}, ${door.name}: no story of a spare that is killed: nobody knows its pid\n`);
  const chain = (...commands: string[]) => words.chain(...commands);
  const print = (text: string) => words.print(text);

  /** At once; but a process that has ended in Wine may be there a moment longer outside of it. */
  const allGone = async (marker: string): Promise<void> => {
    if (!ownSystem) await rig().waitFor('what has ended to vanish', () => rig().marked(marker).length === 0);
    expect(rig().marked(marker)).toEqual([]);
  };

  test('cancel ends the command, and the session goes on', async () => {
    const marker = rig().marker();
    const id = await submit('cancelled', chain('echo begun', words.sleep(marker), 'echo after'));
    await rig().printed(id, 'begun');
    await rig().post(`/jobs/${id}/cancel`, {});
    expect(await rig().finished(id)).toMatchObject({
      status: 'failed',
      exitCode: -1,
      cancelled: true,
      stdout: 'begun\n',
    });
    await allGone(marker);
    expect((await run('cancelled', 'echo back')).stdout).toBe('back\n');
  });

  test('a command that runs out of time ends with its shell and all that was started in it', async () => {
    await run('late', words.set('kept', 'yes'));
    const marker = rig().marker();
    const id = await submit('late', words.detach(marker), { timeout: 2 });
    await rig().waitFor('its programs', () => rig().marked(marker).length > 0);
    expect(await rig().finished(id)).toMatchObject({ status: 'timeout', exitCode: -1, timedOut: true });
    await allGone(marker);
    expect(await session('late')).toMatchObject({ status: 'stopped', processAlive: false });
    expect((await run('late', print('[$kept]'))).stdout).toBe('[]\n');
  });

  test('a deleted session ends its whole tree, and its command fails with a message', async () => {
    const marker = rig().marker();
    const key = 'to delete/ä';
    const id = await submit(key, words.detach(marker));
    await rig().printed(id, 'begun');
    // In Wine a process that is being made while its job is ended may outlive it for a moment: both are to be there.
    if (!ownSystem) await rig().waitFor('its programs', () => rig().marked(marker).length >= 2);
    expect(await session(key)).toMatchObject({
      sessionKey: key,
      shell: words.name,
      status: 'running',
      activeCommand: true,
      processAlive: true,
    });
    const answer = await rig().ask(`/sessions/${encodeURIComponent(key)}`, { method: 'DELETE' });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 200,
      body: { deleted: true, sessionKey: key },
    });
    expect(await rig().finished(id)).toMatchObject({
      status: 'failed',
      exitCode: 1,
      stderr: 'Persistent shell exited unexpectedly',
    });
    await allGone(marker);
    expect((await rig().ask(`/sessions/${encodeURIComponent(key)}`)).body).toEqual({ error: 'session not found' });
  });

  test.if(words.printPid !== '')(
    'a shell that is killed while it is idle costs the next command nothing but its state',
    async () => {
      const pid = Number((await run('killed', words.printPid, { bootstrapCommand: words.set('boot', 'up') })).stdout);
      // 0 would be this test's own group.
      expect(pid).toBeGreaterThan(1);
      await rig().run(ownSystem ? `kill -9 ${pid}` : `taskkill /f /pid ${pid}`);
      await rig().waitFor('the session to notice', async () => (await session('killed'))['status'] === 'stopped');
      expect(await session('killed')).toMatchObject({ status: 'stopped', processAlive: false });
      expect((await run('killed', print('[$boot]'))).stdout).toBe('[up]\n');
    },
  );

  test.if(ownSystem)('a spare that is killed is not handed out', async () => {
    await using own = await Rig.start(door, { env });
    const ask = { mode: 'persistent_shell', shell: words.name };
    await own.run('true', { ...ask, sessionKey: 'first' });
    const folders = await own.waitFor('the spare', () => {
      const found = readdirSync(join(own.place.data, 'shells'));
      return found.length === 2 ? found : undefined;
    });
    // The spare and the session's own.
    const pids = await own.waitFor('both shells', () => {
      const found = pidsOf(folders);
      return found.length === 2 ? found : undefined;
    });
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await own.waitFor('both to be gone', () => pids.every((pid) => !existsSync(`/proc/${pid}`)) || undefined);
    const done = await own.run('echo fresh', { ...ask, sessionKey: 'second' });
    expect(done).toMatchObject({ status: 'completed', stdout: 'fresh\n' });
  });

  test('a session that is gone leaves no folder behind', async () => {
    await run('folders', words.nothing);
    await rig().ask('/sessions/folders', { method: 'DELETE' });
    const left = readdirSync(join(rig().place.data, 'shells'));
    const alive = ((await rig().ask('/sessions')).body as { processAlive: boolean }[]).filter(
      ({ processAlive }) => processAlive,
    );
    // One spare waits for the next session.
    expect(left.length).toBeLessThanOrEqual(alive.length + 1);
    expect(existsSync(rig().place.data)).toBe(true);
  });
}

/** The processes that carry one of these ids. */
function pidsOf(treeIds: readonly string[]): number[] {
  return readdirSync('/proc')
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return treeIds.some((id) => environment.includes(`AGENT_SERVER_TREE_ID=${id}`));
      } catch {
        return false;
      }
    })
    .map(Number);
}
