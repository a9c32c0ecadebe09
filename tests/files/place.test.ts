/** Which places a caller reaches, where the file system changes between two looks. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Places } from '../../src/files/place.ts';

describe('a reach', () => {
  let folder: string;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'agent-server-test-')));
    for (const name of ['root', 'root/a', 'own', 'elsewhere']) mkdirSync(join(folder, name));
    for (const name of ['root/a/x', 'own/key', 'elsewhere/x']) writeFileSync(join(folder, name), name);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const reach = () =>
    new Places({ roots: [join(folder, 'root')], own: [join(folder, 'own/key')] }).reach({
      roots: undefined,
      mayUseOwn: false,
    });
  const find = (path: string) => reach().find({ text: join(folder, path) }, true);

  test('a folder that becomes a link after it was checked is noticed', () => {
    const found = find('root/a/x');
    if (!found.ok) throw new Error(found.failure.reason);
    expect(reach().isStill(found.value)).toBe(true);
    renameSync(join(folder, 'root/a'), join(folder, 'root/b'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'root/a'));
    expect(reach().isStill(found.value)).toBe(false);
    expect(find('root/a/x')).toMatchObject({ ok: false, failure: { reason: 'outside-roots' } });
    // Also a link that stays inside: what was checked is another file than what would be opened.
    rmSync(join(folder, 'root/a'));
    symlinkSync('b', join(folder, 'root/a'));
    expect(reach().isStill(found.value)).toBe(false);
  });

  test('what the server keeps for itself is out of reach under every name that it has', () => {
    linkSync(join(folder, 'own/key'), join(folder, 'root/second-name'));
    expect(find('root/second-name')).toMatchObject({ ok: false, failure: { reason: 'outside-roots' } });
  });

  test('nor does a walk come to what a key is in: the environment and the memory of a process', () => {
    const reachOf = (mayUseOwn: boolean) =>
      new Places({ roots: undefined, own: [] }).reach({ roots: undefined, mayUseOwn });
    for (const path of ['/proc/1/environ', '/proc/1/task/1/mem', '/proc/kcore'])
      expect([path, reachOf(false).excludes(path, ''), reachOf(true).excludes(path, '')]).toEqual([path, true, false]);
    expect(reachOf(false).excludes('/proc/1/status', '')).toBe(false);
  });

  test('a root that does not exist holds nothing, and one that is made later holds what is in it', () => {
    const later = () =>
      new Places({ roots: [join(folder, 'later')], own: [] })
        .reach({ roots: undefined, mayUseOwn: true })
        .find({ text: join(folder, 'root') }, true);
    expect(later().ok).toBe(false);
    symlinkSync('root', join(folder, 'later'));
    expect(later().ok).toBe(true);
  });
});
