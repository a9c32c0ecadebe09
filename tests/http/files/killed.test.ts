/** A server that is killed while it edits a file, or writes several at once: what its next start finds, removes and says. */
import { expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { liveServer, openProcess, type Door } from '../../support/doors.ts';
import { Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';

const root = resolve(import.meta.dir, '../../..');
const SPLIT = 'a crash has split an atomic write of several files';

/** A server that dies where the file `step` in its folder says (tests/fixtures/dying-at-step.ts). */
const dying: Door = {
  ...liveServer,
  open: (place) =>
    openProcess(
      [process.execPath, '--preload', join(root, 'tests/fixtures/dying-at-step.ts'), join(root, 'src/main.ts')],
      { ...place, env: { ...place.env, AGENT_SERVER_TEST_STEP: join(place.home, 'step') } },
    ),
};

test.each([
  ['an edit, before its rename', 'PATCH', 'before replaced 1', '', false],
  ['an atomic write, between two renames', 'POST', 'replaced 2', 'ab', true],
])('%s', async (_when, method, step, written, isSplit) => {
  await using rig = await Rig.start(dying);
  const at = (name: string) => join(rig.place.cwd, name);
  for (const name of ['a', 'b', 'c']) writeFileSync(at(name), 'old');
  writeFileSync(join(rig.place.home, 'step'), step);
  const asked =
    method === 'PATCH'
      ? rig.ask(`/files?path=${encodeURIComponent(at('a'))}`, {
          method,
          json: {
            sha256: new Bun.CryptoHasher('sha256').update('old').digest('hex'),
            edits: [{ from: 1, to: 1, text: 'new' }],
          },
        })
      : rig.ask('/files/write', {
          json: { atomic: true, items: ['a', 'b', 'c'].map((name) => ({ path: at(name), text: 'new' })) },
        });
  expect(await asked.then(String, () => 'the connection broke')).toBe('the connection broke');
  const contents = () => ['a', 'b', 'c'].map((name) => readFileSync(at(name), 'utf8'));
  const wanted = ['a', 'b', 'c'].map((name) => (written.includes(name) ? 'new' : 'old'));
  expect(contents()).toEqual(wanted);
  await rig.restart();
  const left = ['staged', 'batches'].map((name) => join(rig.place.data, 'files', name));
  await waitFor(
    'what was left to be removed',
    () =>
      [
        ...left.filter(existsSync).flatMap((folder) => readdirSync(folder)),
        ...readdirSync(rig.place.cwd).toSorted(),
      ].join() === 'a,b,c',
  );
  expect(contents()).toEqual(wanted);
  const said = rig.process.said();
  expect(said.includes(SPLIT)).toBe(isSplit);
  if (isSplit) expect(said).toContain(`written=["${at('a')}","${at('b')}"] notWritten=["${at('c')}"]`);
});
