/** What an event of a watch tells of a place that has changed again before it is sent. */
import { expect, test } from 'bun:test';
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Places } from '../../../src/files/place.ts';
import { watchEventView } from '../../../src/http/files/watch-view.ts';
import { Sandbox } from '../../support/sandbox.ts';

test('no entry where nothing is any more, or where the folder has become a link', () => {
  using box = new Sandbox();
  const root = realpathSync(box.path);
  for (const folder of ['in', 'elsewhere']) mkdirSync(join(root, folder));
  for (const file of ['in/x', 'elsewhere/x']) writeFileSync(join(root, file), file);
  const reach = new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn: true });
  const path = join(root, 'in/x');
  const entry = () => watchEventView(reach, { shown: root, path: root }, { type: 'change', path }, 1).entry;
  expect(entry()).toMatchObject({ path, size: 4 });
  rmSync(join(root, 'in'), { recursive: true });
  expect(entry()).toBeUndefined();
  symlinkSync('elsewhere', join(root, 'in'));
  expect(entry()).toBeUndefined();
});
