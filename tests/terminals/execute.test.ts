/** Commands typed into terminals by programs, with real shells. */
import { describe, expect, test } from 'bun:test';
import { waitFor } from '../support/sandbox.ts';
import { done, missing, PWSH, Shell, TIMEOUT_MS } from './shell.ts';

/** Shells with marks behave the same. */
const MARKED = [
  { shell: 'bash', program: 'bash', files: { '.bashrc': 'PS1="\\w> "\n' } },
  { shell: 'zsh', program: 'zsh', files: { '.zshrc': 'PS1="%~> "\n' } },
] as const;

for (const { shell, program, files } of MARKED) {
  describe.skipIf(missing(program))(`execute in ${shell}`, () => {
    test('answers with output and exit code, and keeps the shell’s state', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      expect(await sh.execute('echo one; echo two >&2; (exit 3)')).toEqual(done('one\ntwo\n', 3));
      expect(await sh.execute('cd /usr && x=5')).toEqual(done('', 0));
      expect(await sh.execute('pwd; echo "$x"; printf "no newline"')).toEqual(done('/usr\n5\nno newline', 0));
      expect(await sh.execute('not-a-command-at-all')).toMatchObject({
        output: expect.stringContaining('not found'),
        exitCode: 127,
      });
      const wrong = await sh.execute('if )(');
      expect(wrong.output).toMatch(/^(bash|zsh): .*error near .*\n$/);
      expect(wrong.exitCode).toBeGreaterThan(0);
    });

    test('runs several lines as one command, tabs included', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      const script = 'for n in 1 2; do\n\techo "line $n"\ndone\ncat <<END\n\tdocument\nEND\nfalse\n';
      expect(await sh.execute(script)).toEqual(done('line 1\nline 2\n\tdocument\n', 1));
      expect(await sh.execute('echo\t"a\tb"')).toEqual(done('a\tb\n', 0));
      // Also where the shell does not take pasted text as such.
      await sh.execute(program === 'bash' ? 'bind "set enable-bracketed-paste off"' : 'unset zle_bracketed_paste');
      expect(await sh.execute(script)).toEqual(done('line 1\nline 2\n\tdocument\n', 1));
    });

    test('takes a command that is wider than the terminal', async () => {
      await using sh = await Shell.open({ shell: program, cols: 20 }, files);
      const long = 'word '.repeat(30).trim();
      expect(await sh.execute(`echo ${long}; (exit 2)`)).toEqual(done(`${long}\n`, 2));
    });

    test('answers with what there is when the time is over, and then goes on with what runs', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('true');
      const asked = sh.execute('echo begun; read answer; echo "got $answer"; (exit 4)', 500);
      expect(await asked).toEqual({ output: 'begun\n', status: 'running', exitCode: undefined, dropped: 0 });
      expect(await sh.execute('yes')).toEqual(done('got yes\n', 4));
      expect(await sh.execute('echo back')).toEqual(done('back\n', 0));
    });

    test('takes no end of an earlier command for its own, when that goes on without reading', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('true');
      expect(await sh.execute('sleep 1; echo first; (exit 5)', 300)).toMatchObject({ status: 'running' });
      expect(await sh.execute('echo second; (exit 3)')).toEqual(done('second\n', 3));
    });

    test('ends with its shell', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      expect(await sh.execute('echo bye; exit 7')).toMatchObject({
        output: expect.stringContaining('bye\n'),
        status: 'done',
        exitCode: 7,
      });
      expect(await sh.refusal('echo more')).toEqual({ reason: 'terminal-exited' });
    });

    test('reaches a program in the shell', async () => {
      await using sh = await Shell.open({ shell: program }, files);
      await sh.execute('true');
      expect(await sh.execute('sh', 500)).toMatchObject({ status: 'running' });
      expect(await sh.execute('echo inner $((6*7))')).toEqual(done('inner 42\n', undefined));
      expect(await sh.execute('exit 5')).toEqual(done('', 5));
      expect(await sh.execute('echo outer')).toEqual(done('outer\n', 0));
    });
  });
}

describe.skipIf(missing('bash'))('execute', () => {
  test('leaves out colours, titles and what was overwritten', async () => {
    await using sh = await Shell.open({ shell: 'bash' });
    const command = String.raw`printf '\e[1;31mred\e[0m\e]0;title\a\r\n10%%\r20%%\r100%%\nabc\b\bX\n\tkept\n'`;
    expect((await sh.execute(command)).output).toBe('red\n100%\naXc\n\tkept\n');
  });

  test('is not fooled by a program that prints marks', async () => {
    await using sh = await Shell.open({ shell: 'bash' });
    const command = String.raw`printf '\e]133;D;0\a\e]133;D;0;aid=x\a'; sleep 0.2; echo late; (exit 6)`;
    expect(await sh.execute(command)).toEqual(done('late\n', 6));
  });

  test('one at a time in one terminal', async () => {
    await using sh = await Shell.open({ shell: 'bash' });
    const first = sh.execute('read -r line; echo "$line"');
    expect(await sh.refusal('echo second')).toEqual({ reason: 'terminal-busy' });
    await waitFor('the first one to run', () => sh.terminal.marks?.state === 'running');
    sh.terminal.input('go on\r');
    expect((await first).output).toBe('go on\ngo on\n');
    expect((await sh.execute('echo third')).output).toBe('third\n');
  });

  test('goes on without who hung up, and takes the next', async () => {
    await using sh = await Shell.open({ shell: 'bash' });
    const caller = new AbortController();
    const asked = sh.ask('echo begun; read -r line', TIMEOUT_MS, caller.signal);
    await waitFor('the command to run', () => sh.terminal.marks?.state === 'running');
    caller.abort();
    expect(await asked).toMatchObject({ ok: true, value: { status: 'running' } });
    expect(await sh.execute('line')).toMatchObject({ status: 'done', exitCode: 0 });
  });

  test('says how much of a long output is lost', async () => {
    await using sh = await Shell.open({ shell: 'bash' });
    const { output, dropped, status, exitCode } = await sh.execute('seq 1 300000; (exit 9)');
    expect([status, exitCode]).toEqual(['done', 9]);
    const printed = Array.from({ length: 300_000 }, (_, index) => `${index + 1}\r\n`).join('');
    expect(dropped).toBeGreaterThan(0);
    expect(output).toBe(printed.slice(dropped).replaceAll('\r\n', '\n'));
  });

  test('types nothing into a terminal that does not stop printing', async () => {
    await using sh = await Shell.open({ shell: 'sh', args: ['-c', 'yes'] });
    expect(await sh.refusal('echo hi', 300)).toEqual({ reason: 'terminal-not-ready' });
    expect(sh.terminal.lastInputAt).toBeUndefined();
  });

  test('refuses what is no command', async () => {
    await using sh = await Shell.open({ shell: 'sh' });
    for (const command of ['', ' \n', 'echo \u0003', 'a\rb', '\u001b[201~'])
      expect(await sh.refusal(command)).toEqual({ reason: 'command-unusable' });
  });

  test('waits for a shell that takes its time to begin', async () => {
    await using sh = await Shell.open({ shell: 'bash' }, { '.bashrc': 'echo loading; sleep 1.5; PS1="> "\n' });
    expect(await sh.execute('echo hi')).toEqual(done('hi\n', 0));
  });
});

describe.skipIf(process.platform === 'win32')('execute without marks', () => {
  test('in sh: output, state, prompts that change, several lines', async () => {
    await using sh = await Shell.open({ shell: 'sh', env: { PS1: '$PWD $ ' } });
    expect(await sh.execute('echo one; echo two >&2')).toEqual(done('one\ntwo\n', undefined));
    expect(await sh.execute('sleep 0.4; echo late')).toEqual(done('late\n', undefined));
    expect(await sh.execute('cd /usr')).toEqual(done('', undefined));
    expect(await sh.execute('pwd; printf part')).toEqual(done('/usr\npart', undefined));
    expect(await sh.execute('for n in 1 2\ndo echo "line $n"\ndone')).toEqual(done('line 1\nline 2\n', undefined));
    expect(await sh.execute('exit 3')).toMatchObject({ status: 'done', exitCode: 3 });
  });

  test('in a program without a prompt only the timeout tells', async () => {
    await using sh = await Shell.open({ shell: 'cat' });
    expect(await sh.execute('hello', 4000)).toEqual({
      output: 'hello\n',
      status: 'running',
      exitCode: undefined,
      dropped: 0,
    });
  });

  test('waits for a prompt that comes late', async () => {
    const program = 'echo welcome; sleep 0.5; printf "> "; read -r line; echo "$line $line"; printf "> "; sleep 600';
    await using sh = await Shell.open({ shell: 'sh', args: ['-c', program] });
    expect(await sh.execute('twice')).toEqual(done('twice twice\n', undefined));
  });

  test('what is typed without an echo takes nothing from the output', async () => {
    const program = 'stty -echo; printf "Password: "; read -r secret; stty echo; printf "\nwelcome\n$ "; read -r _';
    await using sh = await Shell.open({ shell: 'sh', args: ['-c', program] });
    await waitFor('the question', () => sh.terminal.read().data.includes('Password'));
    expect((await sh.execute('s3cret', 1000)).output).toBe('\nwelcome\n$ ');
  });

  test.skipIf(missing('bash'))('in bash whose marks are taken away', async () => {
    await using sh = await Shell.open({ shell: 'bash' }, { '.bashrc': 'exec bash --norc\n' });
    expect(await sh.execute('echo hi')).toEqual(done('hi\n', undefined));
    // The second one does not wait for marks any more.
    expect(await sh.execute('echo again', 2000)).toEqual(done('again\n', undefined));
  });

  test.skipIf(missing('python3'))('in Python', async () => {
    await using sh = await Shell.open({ shell: 'python3', env: { PYTHON_BASIC_REPL: '1' } });
    expect(await sh.execute('6 * 7')).toEqual(done('42\n', undefined));
    expect(await sh.execute('for n in range(2):\n  print(n)\n\n')).toEqual(done('0\n1\n', undefined));
    expect(await sh.execute('print("hi", end="")')).toEqual(done('hi', undefined));
    expect((await sh.execute('1/0')).output).toMatch(/ZeroDivisionError: .*\n$/);
  });
});

describe.skipIf(PWSH === undefined)('execute in pwsh', () => {
  test('answers with output and exit code, and keeps the shell’s state', async () => {
    await using sh = await Shell.open({ shell: PWSH });
    expect(await sh.execute('1+1')).toEqual(done('2\n', 0));
    expect(await sh.execute('$x = 5; sh -c "echo out; exit 7"')).toEqual(done('out\n', 7));
    expect(await sh.execute('"x is $x"')).toEqual(done('x is 5\n', 0));
    expect(await sh.execute('foreach ($n in 1, 2) {\n\t"line $n"\n}\n$y = 6')).toEqual(done('line 1\nline 2\n', 0));
    expect(await sh.execute('$y')).toEqual(done('6\n', 0));
    expect(await sh.execute('Get-Item /not/there')).toMatchObject({
      output: expect.stringContaining('Cannot find path'),
      exitCode: 1,
    });
    expect(await sh.execute('gci env: | ? Name -like "*MARK_SECRET*"')).toEqual(done('', 0));
    expect(await sh.execute('exit 4')).toMatchObject({ status: 'done', exitCode: 4 });
  }, 60_000);

  test('keeps the prompt and the line editor of its user', async () => {
    const profile =
      'function prompt { "[$?] " }\nfunction PSConsoleHostReadLine { $Host.UI.ReadLine() }\nSet-StrictMode -Version Latest\n';
    const folder = '.config/powershell';
    await using sh = await Shell.open({ shell: PWSH }, { [`${folder}/Microsoft.PowerShell_profile.ps1`]: profile });
    expect(await sh.execute('sh -c "exit 3"')).toEqual(done('', 3));
    expect(await sh.execute('[int]::Parse("x")')).toMatchObject({ exitCode: 1 });
    expect(await sh.execute('"a`n\tb"\n"c"')).toEqual(done('a\n\tb\nc\n', 0));
    const shown = sh.terminal.read().data;
    expect(shown).toContain('[True] ');
    expect(shown).toContain('[False] ');
  }, 60_000);
});
