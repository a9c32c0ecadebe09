/** What a command finds of the one before, besides what a session keeps: `$?` and its like, as at a terminal. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { environmentWith, shellPath } from './dialects.ts';

let rig: Rig;
const pwsh = shellPath('pwsh');
beforeAll(async () => {
  rig = await Rig.start(inProcess, { env: pwsh === undefined ? {} : environmentWith(pwsh) });
});
afterAll(async () => rig[Symbol.asyncDispose]());

const here = (shell: string): boolean => {
  const found = shellPath(shell as 'sh') !== undefined;
  if (!found) console.log(`what a command in ${shell} finds: skipped, it is not on this machine`);
  return found;
};

const runIn = (shell: string, sessionKey: string, command: string, more: object = {}): Promise<JobView> =>
  rig.run(command, { mode: 'persistent_shell', sessionKey, shell, ...more });

for (const shell of ['bash', 'zsh', 'sh'].filter(here)) {
  describe(`what a command in ${shell} finds`, () => {
    const run = (key: string, command: string, more: object = {}) => runIn(shell, `${shell} ${key}`, command, more);

    const statuses: [string, number][] = [
      ['(exit 7)', 7],
      ['true', 0],
      ['false', 1],
      ['no-such-program', 127],
      ['sh -c "kill -TERM \\$\\$"', 143],
      ['return 3', 3],
      ['! true', 1],
      ['false || (exit 4)', 4],
    ];
    test.each(statuses)(
      '$? of %p is %d, as often as it is asked for by commands that begin with it',
      async (command, status) => {
        await run('statuses', command);
        expect(await run('statuses', 'echo $?; (exit 9)')).toMatchObject({ stdout: `${status}\n`, exitCode: 9 });
        expect(await run('statuses', 'echo $?')).toMatchObject({ stdout: '9\n', exitCode: 0 });
        expect((await run('statuses', 'echo $?')).stdout).toBe('0\n');
      },
    );

    test('$? is 0 in a new process, also after a bootstrap, and when the one before has ended', async () => {
      const bootstrapCommand = 'greet() { return 5; }; greet || :';
      expect((await run('new', 'echo $?', { bootstrapCommand })).stdout).toBe('0\n');
      await run('new', 'exit 6');
      expect((await run('new', 'echo $?')).stdout).toBe('0\n');
    });

    test('$? of what does not parse is that of its job', async () => {
      const { exitCode } = await run('unparsable', 'fi');
      expect(exitCode).toBeGreaterThan(0);
      expect((await run('unparsable', 'echo $?')).stdout).toBe(`${exitCode}\n`);
    });

    test('$? after a cancel is 130', async () => {
      const id = await rig.exec('echo begun; sleep 1000', {
        mode: 'persistent_shell',
        sessionKey: `${shell} cancelled`,
        shell,
      });
      await rig.printed(id, 'begun');
      await rig.post(`/jobs/${id}/cancel`);
      expect((await run('cancelled', 'echo $?')).stdout).toBe('130\n');
    });

    test('a status that is carried on runs no trap, shows in no trace, and needs nothing that could be shadowed', async () => {
      await run(
        'traps',
        `kept=yes; ${shell === 'sh' ? '' : 'exit() { echo shadow; };'} alias exit='echo alias'; trap 'echo EXIT' EXIT`,
      );
      await run('traps', 'set -x; (return 7)');
      expect(await run('traps', 'echo "$? $kept"')).toMatchObject({
        stdout: '7 yes\n',
        stderr: expect.not.stringContaining('exit'),
      });
    });
  });
}

describe.if(here('bash'))('what a command in bash finds besides', () => {
  const run = (key: string, command: string) => runIn('bash', `besides ${key}`, command);

  const arguments_: [string, string][] = [
    ['mkdir -p "$HOME/a/b"; echo x "$HOME/a/b"', '$HOME/a/b'],
    [`echo "it's; \\$(here) \\\\ *"`, `it's; $(here) \\ *`],
    ['echo "two\nlines"', 'two\nlines'],
    ['echo ä€𝄞', 'ä€𝄞'],
    ["echo ''", ''],
    // More than is kept.
    [`echo ${'x'.repeat(300)}`, ''],
    ['f() { echo inner; return 2; }; f outer', 'outer'],
    ['echo y; (exit 3)', 'y'],
  ];
  test.each(arguments_)('$_ of %p', async (command, last) => {
    await run('arguments', command);
    expect((await run('arguments', 'echo "[$_]"')).stdout).toBe(`[${last.replace('$HOME', rig.place.home)}]\n`);
  });

  const pipelines: [string, string][] = [
    ['false | true', '1 0 0'],
    ['true | (exit 3) | false', '0 3 1 1'],
    ['set -o pipefail; false | true', '1 0 1'],
    ['set -o pipefail; (exit 4) | (exit 5)', '4 5 5'],
    ['IFS=0123; false | true | true', '1 0 0 0'],
    ['(exit 6)', '6 6'],
    ['true', '0 0'],
  ];
  test.each(pipelines)('PIPESTATUS and $? of %p', async (command, printed) => {
    const key = `pipelines ${command}`;
    await run(key, command);
    expect((await run(key, `echo "\${PIPESTATUS[@]}" "$?"`)).stdout).toBe(`${printed}\n`);
  });

  test('a pipeline that is carried on is no error of its own', async () => {
    await run('pipefail', 'kept=yes; set -eo pipefail; ! false | true');
    expect((await run('pipefail', 'echo "$? $kept"')).stdout).toBe('0 yes\n');
    expect((await run('pipefail', 'set')).stdout).not.toContain('agent_server');
  });

  test('a RETURN trap of the command’s own is the command’s; $? is carried on all the same', async () => {
    expect(await run('return', "trap 'echo returned' RETURN; (exit 5)")).toMatchObject({
      stdout: 'returned\n',
      exitCode: 5,
    });
    expect((await run('return', 'echo $?; trap - RETURN; (exit 6)')).stdout).toBe('5\n');
    expect((await run('return', 'echo $?')).stdout).toBe('6\n');
  });

  test('files that a command sources, and functions, are not taken for its end', async () => {
    const file = rig.path('sourced');
    await Bun.write(file, 'false | true | true; set -T');
    await run('nested', `f() { . '${file}'; }; f; set; echo "\${PIPESTATUS[*]}"; : mine`);
    expect((await run('nested', 'echo "$_ ${PIPESTATUS[*]}"')).stdout).toBe('mine 0\n');
  });
});

describe.if(pwsh !== undefined && here('pwsh'))('what a command in pwsh finds', () => {
  const run = (key: string, command: string) => runIn('pwsh', `pwsh ${key}`, command);

  test('$LASTEXITCODE stays until the next program', async () => {
    await run('native', "sh -c 'exit 7'");
    expect(await run('native', '$LASTEXITCODE')).toMatchObject({ stdout: '7\n', exitCode: 0 });
    expect((await run('native', "'x'; $LASTEXITCODE; sh -c 'exit 0'")).stdout).toBe('x\n7\n');
    expect((await run('native', '$LASTEXITCODE')).stdout).toBe('0\n');
  });

  test('the history is of commands, and so are $^ and $$', async () => {
    await run('history', "Write-Output 'first' 'last'");
    expect((await run('history', '"$^ $$"')).stdout).toBe('Write-Output last\n');
    expect((await run('history', '(Get-History).CommandLine')).stdout).toBe(`Write-Output 'first' 'last'\n"$^ $$"\n`);
  });

  test('$? is that of the command before', async () => {
    await run('success', 'Get-Item /does/not/exist');
    expect(await run('success', '$?')).toMatchObject({ stdout: 'False\n', exitCode: 0 });
    expect((await run('success', '$?')).stdout).toBe('True\n');
    await run('success', "throw 'it'");
    expect((await run('success', "if ($?) { 'yes' } else { 'no' }")).stdout).toBe('no\n');
    await run('success', 'sh -c "exit 3"');
    expect(await run('success', '# nothing')).toMatchObject({ exitCode: 0 });
    expect((await run('success', '"is $?"')).stdout).toBe('is True\n');
  });
});
