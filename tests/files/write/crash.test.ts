/** A server that is killed at any step of a write leaves the old file or the new one, and its next start removes what else it left. */
import { describe, expect, test } from 'bun:test';
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StagedNames } from '../../../src/files/write/staged-names.ts';
import { WriteWorld } from './world.ts';

const PROGRAM = resolve(import.meta.dir, '../../fixtures/dying-write.ts');

describe('killed', () => {
  test.each([
    ['before the note', 'old', 0],
    ['noted', 'old', 0],
    ['opened', 'old', 1],
    ['half', 'old', 1],
    ['whole', 'old', 1],
    ['synced', 'old', 1],
    ['replaced', 'new bytes', 0],
    ['forgotten', 'new bytes', 0],
  ])('%s', async (step, content, left) => {
    using world = new WriteWorld();
    writeFileSync(world.path('a'), 'old');
    const child = Bun.spawn([process.execPath, PROGRAM, world.root, step], { stdout: 'pipe', stderr: 'inherit' });
    expect([await child.exited, child.signalCode, await new Response(child.stdout).text()]).toEqual([
      137,
      'SIGKILL',
      '',
    ]);
    expect(readFileSync(world.path('a'), 'utf8')).toBe(content);
    expect(world.left).toHaveLength(left);
    await new StagedNames(world.notes).removeLeftOver();
    expect(readdirSync(world.folder)).toEqual(['a']);
    expect(readFileSync(world.path('a'), 'utf8')).toBe(content);
    expect(world.noted).toEqual([]);
  });
});

test('killed between the link to a new file and the removal of its first name, the file stays', async () => {
  using world = new WriteWorld();
  const name = world.writing.names.note(world.path('a'));
  writeFileSync(name.path, 'new');
  linkSync(name.path, world.path('a'));
  await new StagedNames(world.notes).removeLeftOver();
  expect(readdirSync(world.folder)).toEqual(['a']);
  expect(readFileSync(world.path('a'), 'utf8')).toBe('new');
});

test('a folder that was half made goes, but nothing that a link in it leads to, and no note of others is followed', async () => {
  using world = new WriteWorld();
  const outside = join(world.root, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'x'), 'x');
  const name = world.writing.names.note(world.path('tree'));
  mkdirSync(name.path);
  symlinkSync(outside, join(name.path, 'link'));
  const alien = {
    'alien.json': { format: 1, path: outside },
    'later.json': { format: 2, path: `${outside}/.x.later.agent-server` },
  };
  for (const [file, note] of Object.entries(alien)) writeFileSync(join(world.notes, file), JSON.stringify(note));
  writeFileSync(join(world.notes, 'half.json'), '{"form');
  await new StagedNames(world.notes).removeLeftOver();
  expect(readdirSync(world.folder)).toEqual([]);
  expect(readdirSync(outside)).toEqual(['x']);
  expect(world.noted.toSorted()).toEqual(['alien.json', 'half.json', 'later.json']);
});
