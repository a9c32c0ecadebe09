/** Turns within a session, and slots among the jobs that run at once (`--max-jobs`). */
import { expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

const named = (sessionKey: string) => ({ mode: 'persistent_shell', sessionKey, shell: 'sh' });
const openRig = (slots: number): Promise<Rig> => Rig.start(inProcess, { flags: { 'max-jobs': String(slots) } });
const seen = `seen="$seen$n"; echo "$seen"`;

/** A job that holds its slot until it is released. */
async function holder(rig: Rig, fields: object = {}): Promise<{ id: string; open(): void }> {
  const gate = rig.gate();
  const id = await rig.exec(rig.commands.waitForFile(gate.path), { ...fields });
  await rig.running(id);
  return { id, open: () => gate.open() };
}

test('with one slot, the commands of one session and other jobs all have their turn', async () => {
  await using rig = await openRig(1);
  const ids: string[] = [];
  for (const n of [1, 2, 3]) {
    ids.push(await rig.exec(`n=${n}; ${seen}`, named('a')));
    ids.push(await rig.exec(`echo plain ${n}`));
    ids.push(await rig.exec(`n=${n}; ${seen}`, named('b')));
  }
  const outputs = await Promise.all(ids.map(async (id) => (await rig.finished(id)).stdout.trim()));
  expect(outputs).toEqual(['1', 'plain 1', '1', '12', 'plain 2', '12', '123', 'plain 3', '123']);
});

test('a command that waits for its turn takes no slot', async () => {
  await using rig = await openRig(2);
  const first = await holder(rig, named('busy'));
  const waiting = await Promise.all([1, 2, 3].map((n) => rig.exec(`n=${n}; ${seen}`, named('busy'))));
  // Had one of those the second slot, this would not run.
  expect((await rig.run('echo unrelated')).stdout).toBe('unrelated\n');
  expect((await rig.run('echo other', named('other'))).stdout).toBe('other\n');
  for (const id of waiting) expect(await rig.job(id)).toMatchObject({ status: 'pending', startedAt: null });
  first.open();
  expect((await rig.finished(waiting[2] ?? '')).stdout).toBe('123\n');
});

test('what was submitted earlier has the next free slot, also when it had to wait for its turn', async () => {
  await using rig = await openRig(1);
  const first = await holder(rig, named('a'));
  const order = rig.path('order');
  const note = (what: string) => `echo ${what} >>'${order}'`;
  await rig.exec(note('second of a'), named('a'));
  await rig.exec(note('plain'));
  const last = await rig.exec(note('third of a'), named('a'));
  const plain = await rig.exec(note('plain again'));
  first.open();
  await rig.finished(last);
  await rig.finished(plain);
  expect(await Bun.file(order).text()).toBe('second of a\nplain\nthird of a\nplain again\n');
});

test('while all slots are taken, a session’s order holds, and one of its commands can be cancelled', async () => {
  await using rig = await openRig(1);
  const plain = await holder(rig);
  const [one, two, three] = [
    await rig.exec(`n=1; ${seen}`, named('s')),
    await rig.exec(`n=2; ${seen}`, named('s')),
    await rig.exec(`n=3; ${seen}`, named('s')),
  ];
  await rig.post(`/jobs/${one}/cancel`);
  await rig.post(`/jobs/${two}/cancel`);
  for (const id of [one, two])
    expect(await rig.finished(id)).toMatchObject({ cancelled: true, stdout: '', stderr: 'Command cancelled' });
  plain.open();
  expect((await rig.finished(three)).stdout).toBe('3\n');
  expect((await rig.run('echo after')).stdout).toBe('after\n');
});

test('a session that is deleted while its command waits for a slot', async () => {
  await using rig = await openRig(1);
  const plain = await holder(rig);
  const waiting = await rig.exec('echo never', named('gone'));
  expect(await rig.get<object>('/sessions/gone')).toMatchObject({ activeCommand: true });
  await rig.ask('/sessions/gone', { method: 'DELETE' });
  expect(await rig.finished(waiting)).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: 'Persistent shell exited unexpectedly',
  });
  plain.open();
  await rig.finished(plain.id);
  expect((await rig.run('echo anew', named('gone'))).stdout).toBe('anew\n');
});

test('a server that stops while commands wait for a slot fails them, and its next start runs what can wait', async () => {
  await using rig = await openRig(1);
  const plain = await holder(rig);
  const [first, second] = [await rig.exec('echo 1', named('s')), await rig.exec('echo 2', named('s'))];
  const queued = await rig.exec('echo queued');
  await rig.restart();
  for (const id of [first, second])
    expect(await rig.job(id)).toMatchObject({ exitCode: 1, stderr: 'Persistent shell exited unexpectedly' });
  plain.open();
  expect((await rig.finished(queued)).stdout).toBe('queued\n');
});
