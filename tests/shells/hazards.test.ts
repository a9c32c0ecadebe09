/** What a command may do to the shell that is kept, tried with every POSIX shell that this machine has. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';

for (const shell of ['bash', 'zsh', 'sh']) {
  if (Bun.which(shell) === null) {
    console.log(`${shell}: skipped, it is not on this machine`);
    continue;
  }
  describe(`hazards, ${shell}`, () => hazards(shell));
}

function hazards(shell: string): void {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(inProcess);
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const submit = (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<string> =>
    rig.exec(command, { mode: 'persistent_shell', sessionKey, shell, ...more });
  const run = async (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<JobView> =>
    rig.finished(await submit(sessionKey, command, more));
  const bytesOf = async (id: string): Promise<number[]> => [
    ...new Uint8Array(await (await rig.request(`/jobs/${id}/output?stream=stdout`)).arrayBuffer()),
  ];
  /** The session has kept its process, and with it its state; streams and exit code are still told apart. */
  const unharmed = async (key: string): Promise<void> => {
    const job = await run(key, 'echo "$kept"; echo err >&2; (exit 12)');
    expect(job).toMatchObject({ stdout: 'yes\n', stderr: 'err\n', exitCode: 12 });
  };

  test('a hundred megabytes go to the job’s file, and not through the server', async () => {
    const before = process.memoryUsage.rss();
    const job = await run('much', 'head -c 100000000 /dev/zero');
    expect(job).toMatchObject({ stdoutBytes: 100_000_000, stdoutTruncated: true, exitCode: 0 });
    expect(process.memoryUsage.rss() - before).toBeLessThan(60_000_000);
  });

  test('bytes that are no text arrive as they are', async () => {
    const job = await run('bytes', String.raw`printf '\377\376x\303'; printf '\0end'`);
    expect(await bytesOf(job.jobId)).toEqual([0xff, 0xfe, 0x78, 0xc3, 0, 0x65, 0x6e, 0x64]);
    expect(job.stdout).toBe('\ufffd\ufffdx\ufffd\0end');
  });

  test('escape sequences are the command’s own: none is added, none taken away', async () => {
    const job = await run(
      'ansi',
      String.raw`printf '\033[31mred\033[0m\r\n'; ls --color=always / >/dev/null; echo plain`,
    );
    expect(await bytesOf(job.jobId)).toEqual([...Buffer.from('\u001b[31mred\u001b[0m\r\nplain\n')]);
  });

  const options: [string, string][] = [
    ['unset variables are errors', 'set -u'],
    ['no file is written over', 'set -C'],
    ['no globbing', 'set -f'],
    ['every command is traced', 'set -x'],
    ['every line is shown', 'set -v'],
    ['every variable is exported', 'set -a'],
    ['arguments', 'set -- one two three'],
  ];
  test.each(options)('%s (%p) for the commands, not for what drives the shell', async (_what, option) => {
    const key = `option ${option}`;
    await run(key, `kept=yes; ${option}`);
    const job = await run(key, 'echo "$kept"; (exit 12)');
    expect(job).toMatchObject({ stdout: 'yes\n', exitCode: 12 });
    // What is traced is the command: no word of ours.
    expect(job.stderr).not.toContain(rig.place.data);
  });

  // zsh leaves a trace at the stderr that it had before the command.
  test.if(shell !== 'zsh')('a trace shows the command alone', async () => {
    await run('traced', 'set -x');
    expect((await run('traced', 'echo traced')).stderr).toMatch(/^\++ echo traced\n$/);
    await run('traced', '(exit 3)');
    expect((await run('traced', 'echo traced')).stderr).toMatch(/^\++ echo traced\n$/);
  });

  test('set -u: an unset variable fails its command in the shell’s own words', async () => {
    await run('unset', 'set -u');
    const job = await run('unset', 'echo "$no_such_variable"; echo never');
    expect(job).toMatchObject({ status: 'failed', stdout: '' });
    expect(job.stderr).toContain('no_such_variable');
    expect((await run('unset', 'echo goes on')).stdout).toBe('goes on\n');
  });

  test('set -e: a command that fails ends the shell with its exit code; the next has a new one', async () => {
    expect((await run('errexit', 'kept=yes; set -e')).exitCode).toBe(0);
    expect(await run('errexit', 'echo before; (exit 7); echo never')).toMatchObject({
      exitCode: 7,
      stdout: 'before\n',
    });
    expect(await run('errexit', 'false; echo "[$kept]"')).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  });

  test('exec with redirections inside a command lasts no longer than the command', async () => {
    await run('redirected', 'kept=yes');
    expect(await run('redirected', 'echo seen; exec >/dev/null 2>&1 </dev/null; echo hidden')).toMatchObject({
      stdout: 'seen\n',
    });
    await unharmed('redirected');
    expect(await run('redirected', 'exec >&- 2>&- <&-')).toMatchObject({ stdout: '', stderr: '' });
    await unharmed('redirected');
  });

  test('descriptors 3 to 9 are the command’s own, and stay open', async () => {
    await run('descriptors', 'kept=yes; for fd in 3 4 5 6 7 8 9; do eval "exec $fd>$PWD/fd-$fd"; done');
    await run('descriptors', 'for fd in 3 4 5 6 7 8 9; do eval "echo mine $fd >&$fd"; done');
    expect((await run('descriptors', 'cat fd-[3-9]')).stdout).toBe(
      [3, 4, 5, 6, 7, 8, 9].map((fd) => `mine ${fd}\n`).join(''),
    );
    await run('descriptors', 'for fd in 3 4 5 6 7 8 9; do eval "exec $fd>&-"; done');
    await unharmed('descriptors');
  });

  test('a folder that is deleted under the shell', async () => {
    mkdirSync(join(rig.place.cwd, `doomed-${shell}`));
    await run('doomed', `kept=yes; cd doomed-${shell} && rmdir ../doomed-${shell}`);
    expect(existsSync(join(rig.place.cwd, `doomed-${shell}`))).toBe(false);
    await unharmed('doomed');
    expect((await run('doomed', 'cd / && pwd')).stdout).toBe('/\n');
  });

  test('a command of nearly a megabyte, the most that a request may hold', async () => {
    const filler = `: ${'x'.repeat(1000)}\n`.repeat(1000);
    expect(await run('long', `${filler}echo "$((1+1))"`)).toMatchObject({ stdout: '2\n', exitCode: 0 });
    const text = 'ä'.repeat(400_000);
    expect((await run('long', `text='${text}'; printf '%s' "$text" | wc -c`)).stdout.trim()).toBe('800000');
    expect(
      (
        await rig.ask('/exec', {
          json: { command: 'x'.repeat(2_000_000), mode: 'persistent_shell', sessionKey: 'long', shell },
        })
      ).status,
    ).toBe(413);
    expect((await run('long', 'echo "${#text}"')).stdout).not.toBe('0\n');
  });

  test('what is left in the background goes on printing into its own job', async () => {
    const gate = rig.gate();
    const job = await run(
      'later',
      `(while [ ! -e '${gate.path}' ]; do sleep 0.02; done; echo late; echo late-err >&2) & echo early`,
    );
    expect(job).toMatchObject({ stdout: 'early\n', exitCode: 0 });
    const next = await run('later', `: > '${gate.path}'; wait; echo waited`);
    expect(next).toMatchObject({ stdout: 'waited\n', stderr: '' });
    expect(await rig.job(job.jobId)).toMatchObject({ stdout: 'early\nlate\n', stderr: 'late-err\n' });
  });

  const texts: [string, string][] = [
    ['CRLF line ends', 'echo one\r\necho two\r\n'],
    ['control characters', 'printf "%s" "\u0001\u0007\u0008\u001b[A\u007f"'],
    ['a byte order mark in the middle', 'echo "\ufeffbom"'],
    ['characters of all lengths', 'echo "ä€𝄞 \u2028"'],
    ['no final newline, a comment', 'echo hi # there'],
    ['a here-document that ends the text', 'cat <<END\nhere $((1+1))\nEND'],
    ['a backslash at the very end', 'echo hi \\'],
    ['nothing but a comment', '# nothing'],
    ['nothing but white space', ' \n\t\n '],
    ['quotes of every kind', `echo 'it'\\''s' "a \\"b\\"" \\$HOME`],
  ];
  test.each(texts)(
    'the text of a command is taken as the shell takes it from a file or from -c: %s',
    async (_what, command) => {
      const file = join(rig.place.cwd, `${shell}-script`);
      await Bun.write(file, command);
      const plainly = (...args: string[]) => {
        const { stdout, exitCode } = Bun.spawnSync([shell, ...(shell === 'zsh' ? ['-f'] : []), ...args], {
          cwd: rig.place.cwd,
        });
        return { bytes: [...stdout], code: exitCode };
      };
      const job = await run('texts', command);
      // They differ from each other in what a backslash at the end is.
      expect([plainly(file), plainly('-c', command)]).toContainEqual({
        bytes: await bytesOf(job.jobId),
        code: job.exitCode ?? -1,
      });
    },
  );

  test('traps are the command’s own', async () => {
    await run('traps', `kept=yes; trap 'echo got USR1' USR1`);
    expect((await run('traps', 'kill -USR1 $$; echo after')).stdout).toBe('got USR1\nafter\n');
    await unharmed('traps');
    await run('traps', `trap 'echo bye' EXIT; trap '' HUP`);
    await unharmed('traps');
    expect(await run('traps', 'echo last; exit 3')).toMatchObject({
      exitCode: 3,
      // dash takes the command's redirections back before it runs the trap.
      stdout: expect.stringMatching(shell === 'sh' ? /^last\n(bye\n)?$/ : /^last\nbye\n$/),
    });
  });

  test.if(shell === 'bash')('traps for every command and every error see the commands alone', async () => {
    await run('debug', `kept=yes; trap 'echo D' DEBUG; trap 'echo E' ERR`);
    expect(await run('debug', 'trap - DEBUG ERR')).toMatchObject({ exitCode: 0 });
    await unharmed('debug');
  });

  test.if(shell === 'zsh')('the program for redirections without a command is the commands’ alone', async () => {
    const noisy = join(rig.place.cwd, 'noisy');
    await Bun.write(noisy, `#!/bin/sh\necho ran >>'${noisy}.log'\n`);
    await run('nullcmd', `kept=yes; chmod +x '${noisy}'; NULLCMD='${noisy}' READNULLCMD='${noisy}'`);
    await unharmed('nullcmd');
    expect(existsSync(`${noisy}.log`)).toBe(false);
  });

  test('seed variables by names that a shell keeps for itself reach what it starts, as every other', async () => {
    const env = {
      UID: '12345',
      EUID: '12345',
      PPID: '1',
      USERNAME: 'nobody',
      SHELLOPTS: '',
      path: 'p',
      status: 's',
      PLAIN: 'x',
    };
    // There is a spare for the second session, which has an environment already.
    await run('names before', 'true');
    const job = await run('names', 'id -u; /usr/bin/env', { env });
    expect(job).toMatchObject({ exitCode: 0, stderr: '' });
    expect(job.stdout.split('\n')).toEqual(
      expect.arrayContaining([String(process.getuid?.()), 'path=p', 'status=s', 'USERNAME=nobody', 'PLAIN=x']),
    );
  });

  test.if(shell === 'bash')('functions that come in by the environment', async () => {
    const env = Object.fromEntries(
      ['builtin', 'cd', 'unset', 'trap', 'shopt', 'printf', 'exec', 'declare', 'command', '.'].map((name) => [
        `BASH_FUNC_${name}%%`,
        '() { return 0; }',
      ]),
    );
    expect((await run('inherited', 'kept=yes; builtin pwd', { env, workdir: '/usr' })).stdout).toBe('/usr\n');
    await unharmed('inherited');
    // The trap for a cancel is there as well.
    const id = await submit('inherited', 'echo begun; sleep 1000');
    await rig.printed(id, 'begun');
    await rig.post(`/jobs/${id}/cancel`);
    expect(await rig.finished(id)).toMatchObject({ cancelled: true });
    await unharmed('inherited');
  });

  test('a umask that allows nothing', async () => {
    await run('umask', 'kept=yes; umask 777');
    await unharmed('umask');
    expect((await run('umask', 'umask')).stdout).toMatch(/^0?777\n$/);
  });

  test('readonly variables, also those that a shell uses itself', async () => {
    await run('readonly', 'kept=yes; readonly kept IFS PATH HOME OLDPWD PWD PS1 PS2 PS4');
    await unharmed('readonly');
    const job = await run('readonly', 'kept=no');
    expect(job.status).toBe('failed');
    expect(job.stderr).toMatch(/read.?only/i);
    expect(await run('readonly', 'exit 0; kept=no')).toMatchObject({ exitCode: 0 });
    expect((await run('readonly', 'kept=free; echo "$kept"')).stdout).toBe('free\n');
  });

  test('aliases named like what drives the shell', async () => {
    await run('aliases', `kept=yes; alias builtin=false command=false .=false eval=false printf=false`);
    await unharmed('aliases');
  });

  test('a PATH that leads nowhere', async () => {
    await run('path', 'kept=yes; PATH=/nowhere; export PATH');
    await unharmed('path');
  });

  test('a shell that is stopped by its own command is ended by the timeout', async () => {
    expect(await run('stopped', 'echo before; kill -STOP $$; echo never', { timeout: 0.5 })).toMatchObject({
      status: 'timeout',
      stdout: 'before\n',
    });
    expect((await run('stopped', 'echo back')).stdout).toBe('back\n');
  });

  test('a replaced shell ends with what took its place', async () => {
    expect(await run('execed', `exec sh -c 'echo other; exit 6'`)).toMatchObject({ stdout: 'other\n', exitCode: 6 });
    expect((await run('execed', 'echo back')).stdout).toBe('back\n');
  });
}
