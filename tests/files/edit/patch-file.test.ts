/** Edits in memory: few at once, whatever the number of requests. */
import { expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { patchFile } from '../../../src/files/edit/patch-file.ts';
import { WriteWorld } from '../write/world.ts';

test('an edit waits for its turn before it reads the file', async () => {
  using world = new WriteWorld();
  writeFileSync(world.path('x'), 'before');
  const { signal } = new AbortController();
  const first = await world.writing.edits.take(signal);
  using _second = await world.writing.edits.take(signal);
  const patched = patchFile(world.writing, world.reach, world.find('x'), {
    edits: { kind: 'texts', edits: [{ old: 'meanwhile', new: 'after' }] },
    dryRun: false,
    pause: async () => {},
    signal,
  });
  // More steps on the disk than reading takes.
  for (const name of ['y', 'z']) await world.write(name, 'whole');
  writeFileSync(world.path('x'), 'meanwhile');
  first?.[Symbol.dispose]();
  expect(await patched).toMatchObject({ ok: true });
  expect(readFileSync(world.path('x'), 'utf8')).toBe('after');
});
