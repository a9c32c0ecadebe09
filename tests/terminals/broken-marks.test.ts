/** Marks that a console shows as text, as that of Wine does: they are noticed, and nothing of them is handed out. */
import { describe, expect, test } from 'bun:test';
import { systemClock } from '../../src/core/clock.ts';
import { Executions } from '../../src/terminals/execute.ts';
import { Marks } from '../../src/terminals/marks.ts';
import { Screens } from '../../src/terminals/screen.ts';
import { Terminal } from '../../src/terminals/terminal.ts';
import { waitFor } from '../support/sandbox.ts';
import { FakePty } from './fake-pty.ts';

const SECRET = 'c0ffee0123456789c0ffee0123456789';
const ESC = '\u001b';

/** What such a console makes of a mark. */
const FORMS: readonly [what: string, broken: (mark: string) => string][] = [
  ['its escape character left out', (mark) => `]133;${mark};aid=${SECRET}`],
  ['its escape character shown', (mark) => `␛]133;${mark};aid=${SECRET}`],
  ['the beginning left out', (mark) => `133;${mark};aid=${SECRET}`],
  ['wrapped', (mark) => `]133;${mark};aid=${SECRET.slice(0, 20)}\r\n${SECRET.slice(20)}`],
  ['coloured', (mark) => `]133;${mark};aid=${SECRET.slice(0, 9)}${ESC}[25m${SECRET.slice(9)}`],
];

describe.each(FORMS)('a mark with %s', (_what, broken) => {
  test('is no mark, and no output', async () => {
    const pty = new FakePty();
    const marks = new Marks(SECRET, 'powershell');
    const size = { cols: 120, rows: 24 };
    const options = { id: 'a1b2c3d4e5f6', name: 'x', kind: 'kept', shell: 'pwsh', size, clock: systemClock } as const;
    const terminal = new Terminal({ ...options, pty, marks });
    const executions = new Executions(new Screens(systemClock), systemClock);
    const prompt = (code: number, count: number) =>
      pty.print(`${broken(`D;${code}`)}${broken(`A;${code};${count}`)}PS C:\\> ${broken('B')} `);
    prompt(0, 1);
    const answer = executions.execute(terminal, {
      command: 'ver',
      timeoutMs: 8000,
      signal: new AbortController().signal,
    });
    await waitFor('the command', () => pty.written.includes('ver\r'));
    pty.print(`ver\r\n${broken('C')}\r\nWindows\r\n`);
    prompt(0, 2);
    const done = await answer;
    expect(done).toMatchObject({ ok: true, value: { status: 'done', exitCode: undefined } });
    const output = done.ok ? done.value.output : '';
    expect(output).toContain('Windows\n');
    expect(output).not.toMatch(/133;|aid=|c0ffee/);
  }, 20_000);
});

test('marks that are whole are not taken for broken ones, however they are cut', () => {
  for (let size = 1; size < 60; size += 1) {
    const marks = new Marks(SECRET, 'bash');
    const text = new TextEncoder().encode(
      [`D;0`, `A;0;1`, `B`, `C`].map((mark) => `${ESC}]133;${mark};aid=${SECRET}\u0007text`).join(''),
    );
    for (let at = 0; at < text.length; at += size) marks.feed(text.slice(at, at + size));
    expect(marks.state).toBe('running');
  }
});

test('marks that are broken anywhere are broken, however they are cut', () => {
  for (let size = 1; size < 60; size += 1) {
    const marks = new Marks(SECRET, 'bash');
    const text = new TextEncoder().encode(`${ESC}]133;A;aid=${SECRET}\u0007text]133;B;aid=${SECRET} `);
    for (let at = 0; at < text.length; at += size) marks.feed(text.slice(at, at + size));
    expect(marks.state).toBe('broken');
  }
});
