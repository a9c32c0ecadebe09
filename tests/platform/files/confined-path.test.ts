/** Ways out of a folder, one a row, on the file system of this machine and on a made-up one that fails or is Windows. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { confinePath as confinePathBy } from '../../../src/platform/files/confined-path.ts';
import { confinePath, findRealPath } from '../../../src/platform/files/index.ts';
import { posixNames } from '../../../src/platform/files/posix.ts';
import { Sandbox } from '../../support/sandbox.ts';

const reasonOf = (answer: ReturnType<typeof confinePath>): string => (answer.inside ? '' : answer.reason);

/** `work` is the folder, `work-other` and `secret` are beside it. */
class World extends Sandbox {
  readonly real = realpathSync(this.path);
  readonly root = join(this.real, 'work');

  constructor() {
    super();
    for (const folder of ['work/deep/er', 'work-other', 'secret/folder'])
      mkdirSync(this.file(folder), { recursive: true });
    for (const file of ['work/a.txt', 'work-other/b.txt', 'secret/key']) writeFileSync(this.file(file), file);
  }

  link(name: string, target: string): void {
    symlinkSync(target, join(this.root, name));
  }
}

describe('a path inside', () => {
  test.each([
    ['a.txt', 'a.txt'],
    ['.', ''],
    ['./deep/../a.txt', 'a.txt'],
    ['deep/er/', 'deep/er'],
    ['deep//er/new.txt', 'deep/er/new.txt'],
    ['new/folder/file.txt', 'new/folder/file.txt'],
    ['~', '~'],
    ['~/.ssh/id', '~/.ssh/id'],
    ['...', '...'],
    ['C:\\Windows', 'C:\\Windows'],
    ['to-deep/new.txt', 'deep/er/new.txt'],
    ['to-nowhere', 'not/yet'],
    ['to-itself-by-way-out', ''],
  ])('%p is %p', (path, expected) => {
    using world = new World();
    world.link('to-deep', 'deep/er');
    world.link('to-nowhere', 'not/yet');
    world.link('to-itself-by-way-out', join(world.real, 'secret/../work'));
    const answer = { inside: true, path: join(world.root, expected) } as const;
    expect(confinePath(world.root, path)).toEqual(answer);
    expect(confinePath(world.root, `${world.root}/${path}`)).toEqual(answer);
  });

  test('is found when the folder itself is given by a link', () => {
    using world = new World();
    symlinkSync('work', world.file('to-work'));
    const root = join(world.real, 'to-work');
    const expected = { inside: true, path: join(world.root, 'a.txt') } as const;
    expect(confinePath(root, 'a.txt')).toEqual(expected);
    expect(confinePath(root, join(root, 'a.txt'))).toEqual(expected);
    expect(confinePath(root, join(world.root, 'a.txt'))).toEqual(expected);
  });

  test('is any path when the folder is the root of the file system', () => {
    using world = new World();
    expect(confinePath('/', world.file('secret/key'))).toEqual({ inside: true, path: join(world.real, 'secret/key') });
    expect(confinePath('/', '/..')).toEqual({ inside: true, path: sep });
  });
});

describe('a way out', () => {
  const OUT = 'is outside of the working directory';
  test.each([
    ['an absolute path', '/etc/passwd', OUT],
    ['the folder above', '..', OUT],
    ['up and down again', '../secret/key', OUT],
    ['up behind a folder', 'deep/../../secret/key', OUT],
    ['a folder whose name begins alike', '../work-other/b.txt', OUT],
    ['a link to a file', 'to-key', OUT],
    ['a link to a folder', 'to-secret/key', OUT],
    ['a link to a folder, to a file that is not there yet', 'to-secret/new', OUT],
    ['a link to nothing yet', 'dangling', OUT],
    ['a link to a link', 'to-link', OUT],
    ['a link with .. in it', 'deep/up', OUT],
    ['.. behind a link that leads out', 'to-folder/../key', 'leads to two places, by its ..'],
    [
      '.. that leads in by a link, and out for who strikes it out first',
      'to-er/../../a.txt',
      'leads to two places, by its ..',
    ],
    ['.. behind what is not there', 'new/../a.txt', 'goes up from a folder that does not exist'],
    ['a link to itself', 'loop/x', 'cannot be resolved (ELOOP)'],
    ['a file that is used as a folder', 'a.txt/x', 'cannot be resolved (ENOTDIR)'],
    ['a NUL', 'a.txt\0/../../secret', 'has a NUL in it'],
    ['a name that is too long', 'x'.repeat(300), 'cannot be resolved (ENAMETOOLONG)'],
    ['a file URL', 'file:///etc/passwd', 'is a URL, not a path'],
    ['a file URL in short', 'FILE:/etc/passwd', 'is a URL, not a path'],
    ['another URL', 'vscode-remote://host/etc/passwd', 'is a URL, not a path'],
    ['nothing', '', 'is empty'],
    ['a link whose target is no text', 'no-text', 'leads over a link whose target is not UTF-8'],
  ])('%s', (_what, path, reason) => {
    using world = new World();
    world.link('to-key', '../secret/key');
    world.link('to-secret', join(world.real, 'secret'));
    world.link('to-folder', join(world.real, 'secret/folder'));
    world.link('dangling', join(world.real, 'secret/not-yet'));
    world.link('to-link', 'to-key');
    world.link('deep/up', '../../secret');
    world.link('to-er', 'deep/er');
    world.link('loop', 'loop');
    symlinkSync(Buffer.from([0xff]), join(world.root, 'no-text'));
    expect(confinePath(world.root, path)).toEqual({ inside: false, reason });
  });

  test.each(['EACCES', 'EIO', 'ENAMETOOLONG', 'ELOOP', undefined])('a name that cannot be looked at: %p', (code) => {
    const readLink = (path: string): undefined => {
      if (path === '/work/locked') throw Object.assign(new Error('no'), code === undefined ? {} : { code });
    };
    const answer = confinePathBy(posixNames, readLink, '/work', 'locked/file');
    expect(answer).toEqual({ inside: false, reason: `cannot be resolved (${code ?? 'unknown error'})` });
  });

  test('every path, where the folder is not there, not absolute, or cannot be looked at', () => {
    using world = new World();
    const gone = world.file('gone');
    expect(reasonOf(confinePath(gone, 'a'))).toContain('does not exist');
    expect(reasonOf(confinePath('work', 'a'))).toContain('has no folder to be in');
    expect(reasonOf(confinePath(join(world.root, 'a.txt', 'x'), 'a'))).toContain('ENOTDIR');
  });
});

test('a path is found without a folder to be in, from where it is relative to', () => {
  using world = new World();
  world.link('to-secret', join(world.real, 'secret'));
  expect(findRealPath(world.root, '../secret/key')).toEqual({
    found: true,
    path: join(world.real, 'secret/key'),
    exists: true,
  });
  expect(findRealPath(world.root, 'to-secret/new')).toEqual({
    found: true,
    path: join(world.real, 'secret/new'),
    exists: false,
  });
  expect(findRealPath(world.root, 'a.txt/x')).toEqual({
    found: false,
    reason: 'cannot be resolved (ENOTDIR)',
    code: 'ENOTDIR',
  });
});
