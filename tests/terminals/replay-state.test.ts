/** What a terminal shows to who comes late: the state that forgotten output has left leads what is kept. */
import { describe, expect, test } from 'bun:test';
import { Screens } from '../../src/terminals/screen.ts';
import { SCROLLBACK_BYTES } from '../../src/terminals/terminal.ts';
import { FakeClock } from '../support/sandbox.ts';
import { fakeTerminal } from './fake-pty.ts';
import { FakeSocket } from './world.ts';

const SET = '\u001b]2;täglich\u0007\u001b[?1049h\u001b[?1002;1006h\u001b[?2004h\u001b[?1h\u001b[?25l\u001b[31m';
const LEAD =
  '\u001b]2;täglich\u0007\u001b[?1002h\u001b[?1006h\u001b[?2004h\u001b[?1h\u001b[?25l\u001b[0m\u001b7\u001b[?1049h\u001b[0m\u001b[31m';
const DRAWN = '\u001b[Hdrawn \u001b[K'.repeat(110_000);

describe('a replay', () => {
  test('is led by the state at its beginning, which no offset counts', () => {
    const { terminal, pty } = fakeTerminal();
    pty.print(`${SET}${DRAWN}`);
    const bytes = Buffer.byteLength(SET + DRAWN);
    const since = bytes - SCROLLBACK_BYTES;
    const [whole, old, following] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
    terminal.attach(whole);
    terminal.attach(old, { since: 10 });
    terminal.attach(following, { since });
    const frame = { type: 'attached', id: terminal.id, since, next: bytes, dropped: 0 } as const;
    const [told] = whole.controls;
    expect(told).toMatchObject(frame);
    const state = told?.type === 'attached' ? (told.state ?? '') : '';
    expect(state.startsWith(LEAD)).toBe(true);
    // The kept output begins within a sequence: the state has its beginning.
    expect((SET + DRAWN).endsWith(state.slice(LEAD.length) + whole.text)).toBe(true);
    expect(old.controls).toEqual([{ ...frame, dropped: since - 10, state }]);
    expect(following.controls).toEqual([frame]);
    expect(Buffer.byteLength(whole.text)).toBe(SCROLLBACK_BYTES);
    expect(terminal.read(10, 10)).toMatchObject({ state, dropped: since - 10, next: since + 10 });
    expect(terminal.read(undefined, 10)).toMatchObject({ state });
    expect(terminal.read(since, 10).state).toBeUndefined();
  });

  test('has no such lead where nothing is forgotten, or what is forgotten has left nothing', () => {
    const { terminal, pty } = fakeTerminal();
    pty.print(SET);
    expect(terminal.read().state).toBeUndefined();
    const other = fakeTerminal();
    other.pty.print('x'.repeat(2 * SCROLLBACK_BYTES));
    const socket = new FakeSocket();
    other.terminal.attach(socket);
    expect(socket.controls[0]).not.toHaveProperty('state');
  });

  test('is the beginning of the screen for programs', async () => {
    const { terminal, pty } = fakeTerminal();
    pty.print(`${SET}${DRAWN}`);
    using screens = new Screens(new FakeClock());
    const screen = await screens.look(terminal);
    expect(screen.view).toMatchObject({ alternate: true, title: 'täglich', cursor: { visible: false } });
    expect([screen.bracketedPaste, screen.view.lines[0]]).toEqual([true, 'drawn']);
  });

  test('is led by no scroll region that ended with a change of the size', () => {
    const { terminal, pty } = fakeTerminal();
    pty.print('\u001b[2;5r');
    terminal.resize(100, 30);
    pty.print('x'.repeat(2 * SCROLLBACK_BYTES));
    expect(terminal.read().state).toBeUndefined();
    pty.print(`\u001b[2;5r${'x'.repeat(2 * SCROLLBACK_BYTES)}`);
    expect(terminal.read().state).toBe('\u001b[2;5r');
  });
});
