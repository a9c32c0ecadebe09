/** `execute` beside others who type: it is answered with nothing of theirs, and makes nothing of theirs part of its own. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../support/sandbox.ts';
import { done, missing, PWSH, Shell } from './shell.ts';

const SHELLS = [
  { name: 'bash', program: 'bash', files: { '.bashrc': 'PS1="\\w> "\n' }, pause: 'sleep 0.3' },
  { name: 'bash in vi mode', program: 'bash', files: { '.bashrc': 'set -o vi; PS1="$ "\n' }, pause: 'sleep 0.3' },
  { name: 'zsh', program: 'zsh', files: { '.zshrc': 'PS1="%~> " RPROMPT="right"\n' }, pause: 'sleep 0.3' },
  { name: 'pwsh', program: PWSH ?? 'pwsh', files: {}, pause: 'sh -c "sleep 0.3"' },
] as const;
const ROUNDS = 50;

for (const { name, program, files, pause } of SHELLS) {
  describe.concurrent.skipIf(missing(program))(`execute in ${name}`, () => {
    const isPwsh = name === 'pwsh';

    test(`straight after input, ${ROUNDS} times`, async () => {
      await using sh = await Shell.open({ shell: program }, files);
      for (let round = 0; round < ROUNDS; round += 1) {
        sh.terminal.input(`echo theirs${round}\r`);
        expect(await sh.execute(`echo ours${round}`)).toEqual(done(`ours${round}\n`, 0));
      }
    }, 60_000);

    test('straight after several lines, empty ones and wrong ones', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      for (const typed of [
        `echo a\recho b\recho c\r`,
        `\r\r\r`,
        `${pause}; echo a\r\recho b\r`,
        `if )(\recho a\r`,
        `true\r\u0003echo b\r`,
      ]) {
        sh.terminal.input(typed);
        expect(await sh.execute('echo ours')).toEqual(done('ours\n', 0));
      }
    }, 60_000);

    test('while a command of theirs runs, with more of them behind it', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      for (const seconds of ['0.3', '1.5']) {
        await sh.begin(`exec sleep ${seconds}`, '; echo theirs\recho more of theirs');
        expect(await sh.execute('echo ours; echo ours')).toEqual(done('ours\nours\n', 0));
      }
    }, 60_000);

    test('beside a person who types', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      const typing = new AbortController();
      const person = (async () => {
        for (let key = 0; !typing.signal.aborted; key += 1) {
          sh.terminal.input([`echo theirs\r`, 'x', '\u007f', '\r', `echo part`, `ly\r`][key % 6] ?? '');
          await Bun.sleep(7 + ((key * 13) % 40));
        }
      })();
      for (let round = 0, answered = 0; answered < ROUNDS / 2; round += 1) {
        const answer = await sh.ask(`echo ours${round}`, 5000);
        if (answer.ok) {
          // Keys that come while it runs are echoed into its output.
          const { output, exitCode } = answer.value;
          expect(output).toContain(`ours${round}\n`);
          expect(output).not.toMatch(/^(theirs|partly)$/m);
          expect(exitCode).toBe(0);
          answered += 1;
        } else {
          expect(answer.failure.reason).toBe('terminal-line-not-empty');
          await sh.terminal.waitForOutput(sh.terminal.bytes, typing.signal);
        }
      }
      typing.abort();
      await person;
    }, 120_000);

    test(`after Ctrl-C, at a prompt and in a command, ${ROUNDS} times`, async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      for (let round = 0; round < ROUNDS / 2; round += 1) {
        const from = sh.terminal.bytes;
        sh.terminal.input('echo half a li');
        // Without PSReadLine it asks where the cursor is, and a Ctrl-C before its first key drops the answer.
        if (isPwsh) await waitFor('its echo', () => sh.terminal.read(from).data.includes('half a li'));
        sh.terminal.input('\u0003');
        expect((await sh.execute(`echo ours${round}`)).output).toBe(`ours${round}\n`);
        await sh.begin('exec sleep 30');
        sh.terminal.input('\u0003');
        expect((await sh.execute(`echo again${round}`)).output).toBe(`again${round}\n`);
      }
    }, 120_000);

    test(`after Ctrl-C that is typed twice, while the prompt comes, and with a line behind it, ${ROUNDS} times`, async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      for (let round = 0; round < ROUNDS; round += 1) {
        sh.terminal.input(['\u0003\u0003', '\u0003x\u007f', 'x\u0003', '\u0003echo theirs\r'][round % 4] ?? '');
        expect(await sh.execute(`echo ours${round}`)).toEqual(done(`ours${round}\n`, 0));
      }
    }, 120_000);

    test(`a line that is begun is not made part of it, ${ROUNDS} times, unless it is to be cleared`, async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      for (let round = 0; round < ROUNDS; round += 1) {
        sh.terminal.input('echo junk ');
        expect(await sh.refusal('echo ours')).toEqual({ reason: 'terminal-line-not-empty' });
        expect(await sh.clearly(`echo ours${round}`)).toMatchObject({ output: `ours${round}\n`, status: 'done' });
      }
      expect(sh.terminal.read().data).not.toContain('junk echo');
    }, 120_000);

    test('a line that was begun and erased is empty', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('echo ready');
      sh.terminal.input('abc\u007f\u007f\u007f');
      expect(await sh.execute('echo ours')).toEqual(done('ours\n', 0));
      expect(await sh.clearly('echo nothing-to-clear')).toEqual(done('nothing-to-clear\n', 0));
    }, 60_000);

    test('an open quote is a continuation, until it is closed or cleared', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      const waits = { output: '', status: 'continuation', exitCode: undefined, dropped: 0 } as const;
      expect(await sh.execute('echo "open')).toEqual(waits);
      expect(await sh.refusal('echo ours')).toEqual({ reason: 'terminal-line-not-empty' });
      // Without PSReadLine, PowerShell takes an empty line for the end.
      sh.terminal.input(`closed"\r${isPwsh ? '\r' : ''}`);
      expect(await sh.execute('echo ours')).toEqual(done('ours\n', 0));
      if (!isPwsh) expect(await sh.execute('cat <<END')).toEqual(waits);
      if (!isPwsh) expect(await sh.clearly('echo cleared')).toEqual(done('cleared\n', 0));
      sh.terminal.input(isPwsh ? 'if (1) {\r' : 'for x in 1 2; do\r');
      expect(await sh.refusal('echo ours')).toEqual({ reason: 'terminal-line-not-empty' });
      expect(await sh.clearly('echo ours')).toMatchObject({ output: 'ours\n', status: 'done' });
    }, 60_000);

    test('keys that a program has read are no line', async () => {
      await using sh = await Shell.open({ shell: program, env: { LESS: '' } }, files);
      await sh.execute('echo ready');
      const key = 'sh -c "stty raw -echo; dd bs=1 count=1 status=none >/dev/null; stty sane"';
      expect(await sh.execute(key, 1500)).toMatchObject({ status: 'running' });
      sh.terminal.input('q');
      await waitFor('its end', () => sh.terminal.marks?.state === 'prompt');
      expect(await sh.execute('echo ours')).toEqual(done('ours\n', 0));
    }, 60_000);
  });
}

describe.concurrent.skipIf(process.platform === 'win32')('execute without marks', () => {
  test('straight after input, in sh', async () => {
    await using sh = await Shell.open({ shell: 'sh' });
    await sh.execute('echo ready');
    for (let round = 0; round < 10; round += 1) {
      sh.terminal.input(`${round % 2 === 0 ? '' : 'sleep 0.4; '}echo theirs\r`);
      expect(await sh.execute('echo ours')).toEqual(done('ours\n', undefined));
    }
  }, 60_000);

  test('at a line that is begun, in sh', async () => {
    await using sh = await Shell.open({ shell: 'sh' });
    await sh.execute('echo ready');
    sh.terminal.input('echo junk ');
    expect(await sh.refusal('echo ours')).toEqual({ reason: 'terminal-line-not-empty' });
    expect(await sh.refusal('echo ours')).toEqual({ reason: 'terminal-line-not-empty' });
    expect(await sh.clearly('echo ours')).toEqual(done('ours\n', undefined));
    expect(await sh.execute('echo again')).toEqual(done('again\n', undefined));
  }, 60_000);

  test.skipIf(missing('python3'))(
    'at a line that is begun, in Python',
    async () => {
      await using sh = await Shell.open({ shell: 'python3', env: { PYTHON_BASIC_REPL: '1' } });
      await sh.execute('1 + 1');
      sh.terminal.input('5000 + ');
      expect(await sh.refusal('6 * 7')).toEqual({ reason: 'terminal-line-not-empty' });
      expect(await sh.clearly('6 * 7')).toEqual(done('42\n', undefined));
    },
    60_000,
  );
});
