/** `execute` at a line that is begun, and at a command that waits for its rest, where only the screen tells. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../support/sandbox.ts';
import { done, missing, Shell } from './shell.ts';

const NOT_EMPTY = { reason: 'terminal-line-not-empty' } as const;
const WAITS = { output: '', status: 'continuation', exitCode: undefined, dropped: 0 } as const;

/** Types, and waits until something is shown for it. */
async function typed(sh: Shell, keys: string): Promise<void> {
  const from = sh.terminal.bytes;
  sh.terminal.input(keys);
  await waitFor('its echo', () => sh.terminal.bytes > from);
}

/** It is refused however often it is asked, until the line is cleared. */
async function isRefusedUntilCleared(sh: Shell, command: string, output: string): Promise<void> {
  expect(await sh.refusal(command)).toEqual(NOT_EMPTY);
  expect(await sh.refusal(command)).toEqual(NOT_EMPTY);
  expect(await sh.clearly(command)).toEqual(done(output, undefined));
  expect(await sh.execute(command)).toEqual(done(output, undefined));
}

describe.concurrent.skipIf(missing('dash'))('execute in dash', () => {
  for (const [name, keys] of [
    ['text and arrow keys', 'rm x\u001b[D\u001b[D\u001b[D'],
    ['text and Ctrl-A', 'rm x\u0001'],
    ['arrow keys alone', '\u001b[A'],
    ['an arrow key, and the erasing of as much as it seems', '\u001b[D\u007f'],
    ['a lone ESC', '\u001b'],
    ['a tab', 'rm\t'],
    ['blanks', '   '],
    ['wide characters', '日本'],
    ['a line that is wider than the terminal', `rm ${'x'.repeat(100)}`],
  ] as const) {
    test(`is refused behind ${name}, until that is cleared`, async () => {
      await using sh = await Shell.open({ shell: 'dash' });
      await sh.execute('echo ready');
      await typed(sh, keys);
      await isRefusedUntilCleared(sh, 'echo mine', 'mine\n');
    }, 60_000);
  }

  test('is refused behind what was typed while a command ran', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    await sh.execute('echo ready');
    await typed(sh, 'sleep 0.5; echo theirs\rrm ');
    await isRefusedUntilCleared(sh, 'echo mine', 'mine\n');
  }, 60_000);

  test('is not refused behind a line that was erased', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    await sh.execute('echo ready');
    await typed(sh, 'rm x\u007f\u007f\u007f\u007f');
    expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
    await typed(sh, 'rm x\u0015');
    expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
  }, 60_000);

  test('is not refused behind keys that a program has read', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    await sh.execute('echo ready');
    const key = 'stty raw -echo; dd bs=1 count=1 status=none >/dev/null; stty sane';
    expect(await sh.execute(key, 1500)).toMatchObject({ status: 'running' });
    await typed(sh, 'q');
    expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
  }, 60_000);

  for (const [name, command] of [
    ['an open quote', "echo 'a"],
    ['a document', 'cat <<E'],
    ['a line that goes on', 'rm -rf \\'],
    ['a loop', 'for n in 1 2\ndo echo $n'],
  ] as const) {
    test(`answers that ${name} waits for its rest, and is refused until that is cleared`, async () => {
      await using sh = await Shell.open({ shell: 'dash' });
      await sh.execute('echo ready');
      expect(await sh.execute(command)).toEqual(WAITS);
      await isRefusedUntilCleared(sh, 'echo mine', 'mine\n');
    }, 60_000);

    test(`is refused where somebody has typed ${name}`, async () => {
      await using sh = await Shell.open({ shell: 'dash' });
      await sh.execute('echo ready');
      await typed(sh, `${command.replaceAll('\n', '\r')}\r`);
      await isRefusedUntilCleared(sh, 'echo mine', 'mine\n');
    }, 60_000);
  }

  test('goes on where the rest was typed', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    expect(await sh.execute("echo 'a")).toEqual(WAITS);
    await typed(sh, "b'\r");
    expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
  }, 60_000);

  test('waits for what others have typed, however long it is silent', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    await sh.execute('echo ready');
    for (const line of ['sleep 1.5; echo late', 'printf part; sleep 1; echo late', 'sleep 1.5; cd /usr']) {
      await typed(sh, `${line}\r`);
      expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
    }
    await typed(sh, 'sleep 600\r');
    expect(await sh.refusal('echo mine', 2500)).toEqual({ reason: 'terminal-not-ready' });
    expect(sh.terminal.read().data).not.toContain('sleep 600\r\necho mine');
  }, 60_000);

  test('is done when a new prompt stands', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    expect(await sh.execute("PS1='$PWD> '")).toEqual(done('', undefined));
    expect(await sh.execute('cd /usr')).toEqual(done('', undefined));
    expect(await sh.execute('echo mine')).toEqual(done('mine\n', undefined));
  }, 60_000);

  test('is not typed into what a clearing has left', async () => {
    await using sh = await Shell.open({ shell: 'dash' });
    await sh.execute('echo ready');
    expect(await sh.execute('cat', 1500)).toMatchObject({ status: 'running' });
    await typed(sh, 'junk');
    expect(await sh.refusal('echo mine')).toEqual(NOT_EMPTY);
  }, 60_000);
});

describe.concurrent.skipIf(missing('python3'))('execute in Python', () => {
  const python = { shell: 'python3', env: { PYTHON_BASIC_REPL: '1' } };

  test('is refused within a block, until it is cleared', async () => {
    await using sh = await Shell.open(python);
    await sh.execute('1 + 1');
    await typed(sh, 'def f():\r');
    await isRefusedUntilCleared(sh, '6 * 7', '42\n');
    expect(await sh.execute('def f():')).toEqual(WAITS);
    await isRefusedUntilCleared(sh, '6 * 7', '42\n');
  }, 60_000);

  test('is refused behind blanks and a moved cursor', async () => {
    await using sh = await Shell.open(python);
    for (const keys of ['  ', '12\u001b[D\u001b[D', '12\u0001']) {
      await sh.execute('1 + 1');
      await typed(sh, keys);
      await isRefusedUntilCleared(sh, '6 * 7', '42\n');
    }
  }, 60_000);
});

for (const shell of ['bash', 'zsh']) {
  describe.concurrent.skipIf(missing(shell))(`execute in ${shell}`, () => {
    test('is refused behind a key that takes the next one with it', async () => {
      await using sh = await Shell.open({ shell });
      for (const key of ['\u001b', '\u0018', '\u0016']) {
        await sh.execute('true');
        sh.terminal.input(key);
        expect(await sh.refusal('echo mine')).toEqual(NOT_EMPTY);
        expect(await sh.clearly('echo mine')).toEqual(done('mine\n', 0));
        expect(await sh.execute('echo mine')).toEqual(done('mine\n', 0));
      }
    }, 60_000);

    test('is refused behind a line of which a part was erased', async () => {
      await using sh = await Shell.open({ shell });
      await sh.execute('true');
      await typed(sh, 'rm x\u0001\u0015');
      expect(await sh.refusal('echo mine')).toEqual(NOT_EMPTY);
      expect(await sh.clearly('echo mine')).toEqual(done('mine\n', 0));
    }, 60_000);
  });
}
