/** A program that prints without a pause is stopped hundreds of times: nothing of what it prints is lost or changed. */
import { afterAll, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { newId } from '../../src/core/id.ts';
import { silentLog } from '../../src/core/log.ts';
import { BareLineFeeds } from '../../src/platform/pty/bare-line-feeds.ts';
import { createPtyOpener } from '../../src/platform/pty/index.ts';
import type { EngineName } from '../../src/platform/pty/pty.ts';
import { Sandbox } from '../support/sandbox.ts';
import { ENV } from './pty-run.ts';

const box = new Sandbox();
afterAll(() => box[Symbol.dispose]());

const PAUSE_EVERY_BYTES = 24_000;

/** Prints the file with `stty` set so, paused again and again; what came, and how often it was paused. */
async function paused(engine: EngineName, file: string, settings: string) {
  const open = createPtyOpener({ engine, libraryFolder: box.file('library'), log: silentLog });
  const argv = ['/bin/sh', '-c', `stty ${settings}; cat ${file}; stty -a`] as const;
  const opened = open({ argv, cwd: box.path, env: ENV, cols: 80, rows: 24, treeId: newId() });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
  const pty = opened.value;
  const output: Uint8Array[] = [];
  let [since, pauses, isPaused] = [0, 0, false];
  const resume = () => {
    [since, isPaused] = [0, false];
    pty.resume();
  };
  pty.listen((data) => {
    output.push(Buffer.from(data));
    since += data.length;
    if (isPaused || since < PAUSE_EVERY_BYTES || !pty.pause()) return;
    isPaused = true;
    pauses += 1;
    // What was on its way comes first; then it is quiet, where it is paused.
    setTimeout(resume, 2);
  });
  await pty.exited;
  pty.release();
  return { text: Buffer.concat(output).toString('latin1'), pauses };
}

const firstDifference = (text: string, expected: string): string => {
  let at = 0;
  while (at < expected.length && text[at] === expected[at]) at += 1;
  return at === expected.length ? 'none' : JSON.stringify(text.slice(Math.max(0, at - 20), at + 20));
};

describe.skipIf(process.platform === 'win32').each(['bun', 'bun-pty'] as const)('a PTY of %s', (engine) => {
  test.each([
    ['processed', 'opost', '\r\n'],
    ['raw', '-opost', '\n'],
  ])(
    'gives all %s output, whatever pauses it',
    async (_name, settings, lineEnd) => {
      const lines = Array.from({ length: 4_000_000 }, (_, line) => line % 10).join('\n');
      writeFileSync(box.file('lines'), `${lines}\n`);
      const { text, pauses } = await paused(engine, box.file('lines'), settings);
      expect(firstDifference(text, `${lines}\n`.replaceAll('\n', lineEnd))).toBe('none');
      // How many there are, and whether one reaches the system in time, depends on the pieces in which it comes.
      expect(pauses).toBeGreaterThan(0);
      // The settings are those of the program.
      expect(/^-?opost/m.exec(text.slice(-2000))?.[0]).toBe(settings);
    },
    120_000,
  );
});

describe('line feeds after a stop', () => {
  test('get their carriage return, however they are cut, and only then', () => {
    const feeds = new BareLineFeeds();
    const mended = (...pieces: string[]) =>
      pieces.map((piece) => Buffer.from(feeds.mend(Buffer.from(piece))).toString()).join('');
    expect(mended('raw\n')).toBe('raw\n');
    feeds.resumed();
    expect(mended('raw\n')).toBe('raw\n');
    feeds.stopped();
    expect(mended('a\nb\r\n\n', 'c\r', '\nd')).toBe('a\r\nb\r\n\r\nc\r\nd');
    feeds.resumed();
    const most = 'x'.repeat(64 * 1024);
    expect(mended('a\n', most, 'b\n')).toBe(`a\r\n${most}b\n`);
  });
});
