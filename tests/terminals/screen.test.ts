/** The screen of a terminal, as a person sees it. */
import { describe, expect, test } from 'bun:test';
import type { ScreenSource } from '../../src/terminals/screen.ts';
import { Screens } from '../../src/terminals/screen.ts';
import { Scrollback } from '../../src/terminals/scrollback.ts';
import { FakeClock, waitFor } from '../support/sandbox.ts';

const KEPT_BYTES = 1024 * 1024;

/** The output side of a terminal, without a program. */
class Source implements ScreenSource {
  cols = 20;
  rows = 5;
  reads = 0;
  readTo = 0;
  readonly #kept = new Scrollback(KEPT_BYTES);
  readonly #outputs = new Set<(text: Uint8Array) => void>();
  readonly #resizes = new Set<(cols: number, rows: number) => void>();

  get bytes(): number {
    return this.#kept.end;
  }

  get listeners(): number {
    return this.#outputs.size + this.#resizes.size;
  }

  prints(text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (const listener of this.#outputs) listener(bytes);
    this.#kept.append(bytes);
  }

  resizes(cols: number, rows: number): void {
    Object.assign(this, { cols, rows });
    for (const listener of this.#resizes) listener(cols, rows);
  }

  read(since = this.#kept.start, limit = KEPT_BYTES) {
    const { bytes, at, next } = this.#kept.read(since, limit);
    this.reads += 1;
    this.readTo = next;
    return { data: new TextDecoder().decode(bytes), next, dropped: Math.max(0, at - since) };
  }

  onOutput(listener: (text: Uint8Array) => void) {
    this.#outputs.add(listener);
    return () => void this.#outputs.delete(listener);
  }

  onResize(listener: (cols: number, rows: number) => void) {
    this.#resizes.add(listener);
    return () => void this.#resizes.delete(listener);
  }
}

function world() {
  const clock = new FakeClock();
  const screens = new Screens(clock);
  const source = new Source();
  return { clock, screens, source, look: async () => (await screens.look(source)).view };
}

describe('a screen', () => {
  test('has the lines, the cursor, the title and the size', async () => {
    const { source, look } = world();
    source.prints('\u001b]2;make\u0007one\r\n\u001b[31mtwo\u001b[0m  \r\n$ ls\u001b[?25l');
    expect(await look()).toEqual({
      cols: 20,
      rows: 5,
      title: 'make',
      alternate: false,
      lines: ['one', 'two', '$ ls', '', ''],
      cursor: { x: 4, y: 2, visible: false },
    });
    source.prints('\u001b[?25h\u001b[2J\u001b[H');
    expect(await look()).toMatchObject({ lines: ['', '', '', '', ''], cursor: { x: 0, y: 0, visible: true } });
  });

  test('shows only the last lines, wide characters, accents and emoji where a person sees them', async () => {
    const { source, look } = world();
    source.prints(`${Array.from({ length: 50 }, (_, line) => `line ${line}\r\n`).join('')}世界 e\u0301 🎉|`);
    expect(await look()).toMatchObject({
      lines: ['line 46', 'line 47', 'line 48', 'line 49', '世界 e\u0301 🎉|'],
      cursor: { x: 10, y: 4 },
    });
  });

  test('wraps long lines, and puts them together for who asks what stands before the cursor', async () => {
    const { source, screens } = world();
    source.prints(`$ ${'x'.repeat(30)}!`);
    const screen = await screens.look(source);
    expect(screen.view.lines).toEqual([`$ ${'x'.repeat(18)}`, `${'x'.repeat(12)}!`, '', '', '']);
    expect(screen.beforeCursor).toBe(`$ ${'x'.repeat(30)}!`);
  });

  test('is that of the program on the alternate screen, and what was there before once it has gone', async () => {
    const { source, look, screens } = world();
    source.prints('before\u001b[?1049h\u001b[2J\u001b[3;3Hmenu\u001b[?2004h');
    expect(await look()).toMatchObject({ lines: ['', '', '  menu', '', ''], alternate: true });
    expect((await screens.look(source)).bracketedPaste).toBe(true);
    source.prints('\u001b[?1049l\u001b[?2004l');
    expect(await look()).toMatchObject({ lines: ['before', '', '', '', ''], alternate: false });
    expect((await screens.look(source)).bracketedPaste).toBe(false);
  });

  test('takes each size where it was given', async () => {
    const { source, look } = world();
    await look();
    source.prints('\u001b[?1049h');
    source.resizes(10, 2);
    source.prints('\u001b[99;99Hx');
    source.resizes(30, 4);
    source.prints('\u001b[99;99Hy');
    expect(await look()).toMatchObject({
      cols: 30,
      rows: 4,
      lines: ['', '         x', '', `${' '.repeat(29)}y`],
      cursor: { x: 29, y: 3 },
    });
    for (let size = 0; size < 10_000; size += 1) {
      source.resizes(10 + (size % 90), 5);
      source.prints('.');
    }
    expect(await look()).toMatchObject({ cols: 10 + (9999 % 90), rows: 5 });
  });

  test('can be that of an earlier moment', async () => {
    const { source, screens } = world();
    source.prints('one');
    const then = source.bytes;
    source.prints('\r\ntwo');
    expect((await screens.look(source, then)).view.lines[1]).toBe('');
    expect((await screens.look(source)).view.lines[1]).toBe('two');
  });

  test('is made at the first look, and forgotten a minute after the last', async () => {
    const { clock, source, screens, look } = world();
    expect(source.listeners).toBe(0);
    await look();
    clock.advance(59_000);
    await look();
    clock.advance(59_000);
    expect([screens.count, source.listeners]).toEqual([1, 2]);
    clock.advance(1000);
    expect(screens.count).toBe(0);
    await waitFor('no listeners', () => source.listeners === 0);
    source.prints('again');
    expect((await look()).lines[0]).toBe('again');
    screens[Symbol.dispose]();
    expect([screens.count, clock.pending]).toEqual([0, 0]);
  });

  test('keeps up with what is printed between two looks', async () => {
    const { source, look } = world();
    await look();
    source.prints('\u001b]2;early\u0007');
    // More than is kept, but no more at a time than is read meanwhile.
    for (let piece = 0; piece < 10; piece += 1) {
      source.prints(`${'x'.repeat(300 * 1024)}\r\n`);
      source.prints('.');
      await waitFor('a reader', () => source.readTo >= source.bytes - 1);
    }
    expect((await look()).title).toBe('early');
  });

  test('gives up on a flood, and starts anew from what is kept', async () => {
    const { source, look } = world();
    source.prints('\u001b[?1049h\u001b[?25l');
    await look();
    const flood = `${'x'.repeat(1022)}\r\n`.repeat(1024);
    for (let mebibyte = 0; mebibyte < 20; mebibyte += 1) source.prints(flood);
    await waitFor('a reader', () => source.readTo > 1024);
    // Nobody looks: nothing more is read.
    await new Promise(setImmediate);
    const before = source.reads;
    source.prints(flood);
    await new Promise(setImmediate);
    expect(source.reads).toBe(before);
    source.prints('\r\nend');
    expect(await look()).toMatchObject({ alternate: false, cursor: { x: 3, y: 4, visible: true } });
    expect((await look()).lines[4]).toBe('end');
    source.prints('ing');
    expect((await look()).lines[4]).toBe('ending');
  });
});
