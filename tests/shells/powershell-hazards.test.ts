/** What a command may do to a PowerShell that is kept, and what only PowerShell has. Needs a real one. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inProcess } from '../support/doors.ts';
import { Rig, type JobView } from '../support/rig.ts';
import { environmentWith, shellPath } from './dialects.ts';

const path = shellPath('pwsh');
if (path === undefined) console.log('hazards of pwsh: skipped, it is not on this machine');
else describe('hazards, pwsh', () => hazards(environmentWith(path)));

function hazards(env: Record<string, string>): void {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start(inProcess, { env });
  });
  afterAll(async () => rig[Symbol.asyncDispose]());

  const submit = (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<string> =>
    rig.exec(command, { mode: 'persistent_shell', sessionKey, shell: 'pwsh', ...more });
  const run = async (sessionKey: string, command: string, more: Record<string, unknown> = {}): Promise<JobView> =>
    rig.finished(await submit(sessionKey, command, more));
  const bytesOf = async (id: string, stream = 'stdout'): Promise<Buffer> =>
    Buffer.from(await (await rig.request(`/jobs/${id}/output?stream=${stream}`)).arrayBuffer());
  /** The session has kept its process, and with it its state; streams and exit code are still told apart. */
  const unharmed = async (key: string): Promise<void> => {
    const job = await run(key, `"$kept"; [Console]::Error.WriteLine('err'); sh -c 'exit 12'`);
    expect(job).toMatchObject({ stdout: 'yes\n', stderr: 'err\n', exitCode: 12 });
  };

  test('an error that ends a statement does not end the command', async () => {
    const job = await run('statements', "1/0; 'after'; [int]'x'; 'end'");
    expect(job).toMatchObject({ stdout: 'after\nend\n', exitCode: 0 });
    expect(job.stderr).toMatch(/divide by zero[^]*Cannot convert/);
  });

  test('errors speak of the command, and of nothing of ours', async () => {
    for (const command of ["Write-Error 'told'", "throw 'told'", '"told', "function f { Write-Error 'told' }; f"]) {
      const { stderr } = await run('errors', command);
      if (command !== '"told') expect(stderr).toContain('told');
      expect(stderr).not.toMatch(/agent|Invoke|\$current|Out-Default|ParentContains/);
    }
  });

  test('each stream of PowerShell has its place, in its order', async () => {
    const job = await run(
      'kinds',
      [
        "'output'; Write-Host host; Write-Warning warning; Write-Verbose -Verbose verbose; Write-Debug -Debug debug",
        'Write-Information -InformationAction Continue information; Write-Progress hidden -PercentComplete 5',
        "Write-Error first; sh -c 'echo native; echo native >&2'; [pscustomobject]@{ A = 1 }; Write-Error last",
      ].join('\n'),
    );
    expect(job.stdout).toBe(
      'output\nhost\nWARNING: warning\nVERBOSE: verbose\nDEBUG: debug\ninformation\nnative\n\nA\n-\n1\n\n',
    );
    expect(job.stderr).toMatch(/^Write-Error: [^]*first\nnative\nWrite-Error: [^]*last\n$/);
  });

  const everyKind: [what: string, command: string, stdout: string][] = [
    ['parameters', 'param($a = 3) "a=$a"', 'a=3\n'],
    ['begin, process and end', "begin { 'b' } process { 'p' } end { 'e' }", 'b\np\ne\n'],
    ['using', "using namespace System.Text\n[StringBuilder]::new('x').ToString()", 'x\n'],
    ['#requires', '#requires -Version 5.1\n1', '1\n'],
    ['a comment at the end', '1 # one', '1\n'],
    ['nothing but white space', ' \n\t\n ', ''],
    ['a here-string with empty lines', "@'\n\na\n\nb\n'@", '\na\n\nb\n'],
    ['CRLF line ends', "'one'\r\n'two'\r\n", 'one\ntwo\n'],
    ['else on a line of its own', "if ($false) {\n}\n\nelse { 'else' }", 'else\n'],
    ['characters of all lengths', "'ä€𝄞 \u2028'", 'ä€𝄞 \u2028\n'],
    ['half a pair', "[Console]::Write([char]0xd83d + 'x')", '\ufffdx'],
    ['what looks like an end mark', '[Console]::Write("$([char]1)agent-server:0123")', '\u0001agent-server:0123'],
    ['typographic quotes', '‘it’', 'it\n'],
    ['a class', 'class P { [int]$x = 4 }; [P]::new().x', '4\n'],
    ['a pipeline that is cut short', '1..1000000 | Select-Object -First 1', '1\n'],
    ['nothing to read', "'[' + [Console]::In.ReadToEnd() + ']'; $null | cat", '[]\n'],
  ];
  test.each(everyKind)('a command may be or have %s', async (_what, command, stdout) => {
    const id = await submit('kinds of text', command);
    await rig.ask(`/jobs/${id}/input`, { json: { data: '', eof: true } });
    expect(await rig.finished(id)).toMatchObject({ stdout, stderr: '', exitCode: 0 });
  });

  const harmful: [what: string, command: string][] = [
    ['strict mode and errors that stop', "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'"],
    ['every error ignored', "$ErrorActionPreference = 'SilentlyContinue'"],
    ['a trap', 'trap { break }; throw 1'],
    ['Remove-Variable', "Remove-Variable * -Force -ErrorAction Ignore; $global:kept = 'yes'"],
    ['Get-Variable | Remove-Variable', "Get-Variable | Remove-Variable -ErrorAction Ignore; $global:kept = 'yes'"],
    ['all functions and aliases gone', 'Remove-Item Function:\\*, Alias:\\* -Force -ErrorAction Ignore'],
    ['all modules gone', 'Get-Module | Remove-Module -Force'],
    ['tracing', 'Set-PSDebug -Strict'],
    ['a broken prompt', "function prompt { throw 'p' }"],
    [
      'console writers that swallow all',
      '[Console]::SetOut([IO.TextWriter]::Null); [Console]::SetError([IO.TextWriter]::Null)',
    ],
    [
      'another encoding',
      '[Console]::OutputEncoding = [Text.Encoding]::Unicode; $OutputEncoding = [Text.Encoding]::ASCII',
    ],
    ['a reader that is closed', '[Console]::In.Close()'],
    ['Clear-Host', 'Clear-Host'],
    ['a transcript', 'Start-Transcript transcript.txt | Out-Null'],
    ['constrained language', "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'"],
    ['a PATH that leads nowhere but to sh', "$env:PATH = '/bin'"],
    ['no environment', 'Remove-Item Env:\\TERM, Env:\\HOME -ErrorAction Ignore'],
    ['breakpoints', 'Set-PSBreakpoint -Variable kept -Mode Read | Out-Null'],
    ['a debugger step', 'Set-PSDebug -Trace 0; Set-PSDebug -Off'],
  ];
  test.each(harmful)('%s', async (what, command) => {
    const key = `harmful ${what}`;
    await run(key, `$kept = 'yes'`);
    const pid = (await run(key, '$PID')).stdout;
    await run(key, command);
    const job = await run(key, `"$kept"; sh -c 'exit 12'`);
    expect(job).toMatchObject({ stdout: 'yes\n', exitCode: 12 });
    expect((await run(key, '$PID')).stdout).toBe(pid);
    await rig.ask(`/sessions/${encodeURIComponent(key)}`, { method: 'DELETE' });
  });

  test('a folder that is deleted under the shell', async () => {
    const doomed = rig.path('doomed');
    await run(
      'doomed',
      `$kept = 'yes'; [void](New-Item -Type Directory '${doomed}'); cd '${doomed}'; rmdir '${doomed}'`,
    );
    expect(existsSync(doomed)).toBe(false);
    await unharmed('doomed');
    expect((await run('doomed', 'cd /; $PWD.Path')).stdout).toBe('/\n');
  });

  test('a hundred megabytes of any bytes, as they are', async () => {
    const job = await run('much', 'head -c 100000000 /dev/zero');
    expect(job).toMatchObject({ stdoutBytes: 100_000_000, stdoutTruncated: true, exitCode: 0 });
    const few = await run('bytes', String.raw`printf '\377\376x\303'; printf '\000end'`);
    expect([...(await bytesOf(few.jobId))]).toEqual([0xff, 0xfe, 0x78, 0xc3, 0, 0x65, 0x6e, 0x64]);
  });

  test('no escape sequence but what a native program makes', async () => {
    const job = await run(
      'escapes',
      String.raw`printf '\033[31mred\033[0m'; Get-Item /; Get-Process -Id $PID; Write-Warning w; Write-Error e; throw 't'`,
    );
    expect((await bytesOf(job.jobId)).toString().split('\u001b')).toHaveLength(3);
    expect((await bytesOf(job.jobId, 'stderr')).toString()).not.toContain('\u001b');
  });

  test('a command of nearly a megabyte, the most that a request may hold', async () => {
    const text = 'ä'.repeat(400_000);
    expect((await run('long', `$text = '${text}'; $text.Length`)).stdout).toBe('400000\n');
    expect((await run('long', '$text.Length')).stdout).toBe('400000\n');
  });

  test('what functions see is seen by modules too', async () => {
    const module = rig.path('M.psm1');
    await Bun.write(module, 'function Use-It { greet module; $global:shared; $env:SHARED }');
    await run(
      'modules',
      `function greet { "hello $args" }; $shared = 3; $env:SHARED = 'env'; Import-Module '${module}'`,
    );
    expect((await run('modules', 'Use-It')).stdout).toBe('hello module\n3\nenv\n');
  });

  test('input that was not read is not the next command’s', async () => {
    const id = await submit('leftovers', "[Console]::In.ReadLine(); 'read'");
    await rig.running(id);
    await rig.post(`/jobs/${id}/input`, { data: 'one\ntwo\nthree\n', eof: true });
    expect((await rig.finished(id)).stdout).toBe('one\nread\n');
    const next = await submit('leftovers', "'[' + [Console]::In.ReadToEnd() + ']'");
    await rig.running(next);
    await rig.post(`/jobs/${next}/input`, { data: 'own', eof: true });
    expect((await rig.finished(next)).stdout).toBe('[own]\n');
  });

  test('who asks a person is refused, and takes nothing of the input', async () => {
    const id = await submit('asking', "Read-Host 'name'; cat");
    await rig.running(id);
    await rig.post(`/jobs/${id}/input`, { data: 'for cat\n', eof: true });
    const job = await rig.finished(id);
    expect(job).toMatchObject({ stdout: 'for cat\n', exitCode: 0 });
    expect(job.stderr).toContain('NonInteractive');
  });

  test('an interrupt ends the command with 130, and the session lives; between commands it does nothing', async () => {
    const pid = Number((await run('interrupts', "$kept = 'yes'; $PID")).stdout);
    for (const command of [
      "'begun'; Start-Sleep 1000; 'never'",
      "'begun'; while ($true) { }",
      "sh -c 'echo begun; exec sleep 1000'",
    ]) {
      const id = await submit('interrupts', command);
      await rig.printed(id, 'begun');
      // To the group, as Ctrl-C in a terminal.
      process.kill(-pid, 'SIGINT');
      expect(await rig.finished(id)).toMatchObject({ stdout: 'begun\n', exitCode: 130, status: 'failed' });
      process.kill(-pid, 'SIGINT');
      // Takes it upon itself where it arrives late.
      await run('interrupts', 'Start-Sleep -Milliseconds 100');
      await unharmed('interrupts');
    }
    expect(Number((await run('interrupts', '$PID')).stdout)).toBe(pid);
  });

  const endings: [command: string, code: number][] = [
    ['exit', 0],
    ['function f { exit 4 }; f', 4],
    ["Invoke-Expression 'exit 5'", 5],
    ["try { exit 6 } finally { 'finally' }", 6],
    ['$Host.SetShouldExit(7)', 7],
    ['[Environment]::Exit(8)', 8],
  ];
  test.each(endings)('%s ends the process, with code %d', async (command, exitCode) => {
    await run('endings', "$kept = 'yes'");
    expect(await run('endings', command)).toMatchObject({ exitCode });
    expect((await run('endings', '"[$kept]"')).stdout).toBe('[]\n');
  });

  test('jobs of PowerShell outlast the command that started them', async () => {
    await run('jobs', "$job = Start-Job { 'from the job' }");
    expect((await run('jobs', 'Receive-Job -Wait $job')).stdout).toBe('from the job\n');
    const told = join(rig.place.cwd, 'ticked');
    await run(
      'jobs',
      `$timer = [Timers.Timer]::new(20); $timer.AutoReset = $false
       [void](Register-ObjectEvent $timer Elapsed -Action { New-Item '${told}' }); $timer.Start()`,
    );
    // Nobody runs anything: an event is served between commands too.
    await rig.waitFor('the event', () => existsSync(told) || undefined);
  });

  test('native programs left in the background do not hold the command', async () => {
    const marker = rig.marker();
    expect((await run('background', `Start-Process sleep ${marker}; 'done'`)).stdout).toBe('done\n');
    expect(rig.marked(marker)).toHaveLength(1);
    await rig.ask('/sessions/background', { method: 'DELETE' });
    await rig.waitFor('its end', () => rig.marked(marker).length === 0 || undefined);
  });
}
