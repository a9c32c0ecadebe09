/** The file that the executable writes for the system to load: whose it is, and what is trusted. */
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { privateCopy } from '../../src/platform/pty/private-copy.ts';
import { Sandbox } from '../support/sandbox.ts';

const CONTENT = Buffer.from('what the program is made of');
const copyIn = (folder: string, content: Uint8Array = CONTENT) =>
  privateCopy(folder, { name: 'library', end: 'so', content });
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === 'win32')('a private copy', () => {
  test('is for its owner alone, written once, and named after its content', () => {
    using box = new Sandbox();
    const folder = box.file('data', 'library');
    const path = copyIn(folder);
    expect(readFileSync(path)).toEqual(CONTENT);
    expect([modeOf(folder), modeOf(path)]).toEqual([0o700, 0o600]);
    utimesSync(path, 1, 1);
    expect(copyIn(folder)).toBe(path);
    expect(statSync(path).mtimeMs).toBe(1000);
    expect(copyIn(folder, Buffer.from('another version'))).not.toBe(path);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('replaces what stands under its name and is something else', () => {
    using box = new Sandbox();
    const folder = box.file('library');
    const path = copyIn(folder);
    const stranger = box.file('stranger');
    const changes = {
      'other content': () => writeFileSync(path, 'what somebody else made of it'),
      'the right content that others may write': () => chmodSync(path, 0o622),
      'a link to the right content': () => {
        writeFileSync(stranger, CONTENT, { mode: 0o600 });
        Bun.spawnSync(['rm', path]);
        symlinkSync(stranger, path);
      },
    };
    for (const [what, change] of Object.entries(changes)) {
      change();
      const before = statSync(path).ino;
      expect(copyIn(folder)).toBe(path);
      expect({ what, replaced: statSync(path).ino !== before, mode: modeOf(path) }).toEqual({
        what,
        replaced: true,
        mode: 0o600,
      });
      expect(readFileSync(path)).toEqual(CONTENT);
    }
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test('is not written into a folder of somebody else, nor through a link', () => {
    using box = new Sandbox();
    mkdirSync(box.file('elsewhere'));
    symlinkSync(box.file('elsewhere'), box.file('library'));
    expect(() => copyIn(box.file('library'))).toThrow('is not a folder of this server');
    expect(readdirSync(box.file('elsewhere'))).toEqual([]);
    mkdirSync(box.file('open'), { mode: 0o777 });
    copyIn(box.file('open'));
    expect(modeOf(box.file('open'))).toBe(0o700);
  });

  test('is whole for each of several programs that write it at once', async () => {
    using box = new Sandbox();
    const content = Buffer.alloc(600_000, 'abc');
    writeFileSync(box.file('content'), content);
    const module = new URL('../../src/platform/pty/private-copy.ts', import.meta.url).pathname;
    const script = `
      const { privateCopy } = await import(${JSON.stringify(module)});
      const { readFileSync } = require('node:fs');
      const content = readFileSync(${JSON.stringify(box.file('content'))});
      const path = privateCopy(${JSON.stringify(box.file('library'))}, { name: 'library', end: 'so', content });
      process.exit(readFileSync(path).equals(content) ? 0 : 1);`;
    const programs = Array.from({ length: 6 }, () =>
      Bun.spawn([process.execPath, '-e', script], { stderr: 'inherit' }),
    );
    expect(await Promise.all(programs.map(({ exited }) => exited))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readdirSync(box.file('library'))).toHaveLength(1);
  });
});
