/**
 * A Windows user's place, in which install.ps1 runs in a PowerShell of this machine. What only Windows has (the block
 * `# <windows>` of the script) is replaced by stand-ins that keep it in files and write down what they were told.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeRelease, scriptPath, withBlock, type Release } from './release.ts';

export const PWSH = process.env['AGENT_SERVER_TEST_PWSH'] ?? Bun.which('pwsh') ?? undefined;
export const whyNoPowerShell =
  process.platform === 'win32'
    ? 'the stand-ins are for a PowerShell on another system than Windows'
    : PWSH === undefined
      ? 'there is no pwsh on the PATH or at AGENT_SERVER_TEST_PWSH'
      : undefined;

const STAND_INS = String.raw`
    $Kept = $env:STAND_IN
    function Write-Call([string] $Text) { [IO.File]::AppendAllText("$Kept/calls", "$Text${'`'}n") }
    function Read-Kept([string] $Name) { if (Test-Path "$Kept/$Name") { [IO.File]::ReadAllText("$Kept/$Name") } else { '' } }
    function Assert-System { }
    function Get-Processor { $env:STAND_IN_PROCESSOR }
    function Get-UserSid { 'S-1-5-21-1-2-3-1001' }
    function Test-Elevated { $env:STAND_IN_ELEVATED -eq '1' }
    function Get-UserPath { Read-Kept 'path' }
    function Set-UserPath([string] $Value) { [IO.File]::WriteAllText("$Kept/path", $Value) }
    function Invoke-Program([string] $Path, [string[]] $Arguments) {
        $output = & sh $Path @Arguments
        return @{ Code = $LASTEXITCODE; Output = ([string] ($output -join "${'`'}n")).Trim() }
    }
    function Get-TaskText { $xml = Read-Kept 'task.xml'; if ($xml) { ([xml] $xml).Task.RegistrationInfo.Description } else { '' } }
    function Test-TaskRunning { Test-Path "$Kept/running" }
    function Register-Task([string] $Xml) {
        if ($env:STAND_IN_TASK_REFUSED) { throw 'Access is denied.' }
        Write-Call "register $TaskName"
        [IO.File]::WriteAllText("$Kept/task.xml", $Xml)
        'what Register-ScheduledTask prints'
    }
    function Unregister-Task { Write-Call 'unregister'; Remove-Item "$Kept/task.xml" }
    function Start-Task { Write-Call 'start'; [IO.File]::WriteAllText("$Kept/running", '') }
    function Stop-Server([switch] $All) { Write-Call $(if ($All) { 'stop all' } else { 'stop' }); Remove-Item "$Kept/running" -ErrorAction SilentlyContinue }
`;

export interface PowerShellRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly last: string;
}

export class PowerShellWorld implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'agent-server-install-'));
  readonly local = join(this.#root, 'Local');
  readonly #kept = join(this.#root, 'kept');
  readonly folder = join(this.local, 'Programs/agent-server');
  readonly executable = join(this.folder, 'agent-server.exe');
  env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: this.#root,
    LOCALAPPDATA: this.local,
    SystemRoot: '/Windows',
    STAND_IN: this.#kept,
    STAND_IN_PROCESSOR: 'AMD64',
    TERM: 'dumb',
    NO_COLOR: '1',
    POWERSHELL_TELEMETRY_OPTOUT: '1',
    POWERSHELL_UPDATECHECK: 'Off',
  };

  constructor() {
    mkdirSync(this.local);
    mkdirSync(this.#kept);
  }

  release(options: Parameters<typeof makeRelease>[1] = {}): Release {
    const release = makeRelease(join(this.#root, `release-${options.version ?? '1.0.0'}`), options);
    this.#standIn(release.script('install.ps1'), release.script('install.ps1'));
    return release;
  }

  /** The script as it is in the repository. */
  get unpinned(): string {
    const path = join(this.#root, 'install.ps1');
    this.#standIn(scriptPath('install.ps1'), path);
    return path;
  }

  #standIn(from: string, to: string): void {
    writeFileSync(to, withBlock(readFileSync(from, 'utf8'), 'windows', STAND_INS));
  }

  /** `powershell -File SCRIPT ARGS…` */
  run(script: string, ...args: string[]): Promise<PowerShellRun> {
    return this.#powershell(['-File', script, ...args]);
  }

  /** Lines typed into a session, in which `Script` returns the text of that script. */
  session(script: string, ...lines: string[]): Promise<PowerShellRun> {
    const path = join(this.#root, 'session.ps1');
    writeFileSync(path, [`function Script { Get-Content -Raw -LiteralPath '${script}' }`, ...lines, ''].join('\n'));
    // Not -File: a person's session has no script around it.
    return this.#powershell(['-Command', `. '${path}'`]);
  }

  async #powershell(args: readonly string[]): Promise<PowerShellRun> {
    const program = Bun.spawn([PWSH ?? 'pwsh', '-NoLogo', '-NoProfile', '-NonInteractive', ...args], {
      cwd: this.#root,
      env: this.env,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [out, err, code] = await Promise.all([
      new Response(program.stdout).text(),
      new Response(program.stderr).text(),
      program.exited,
    ]);
    // Errors are broken into lines of the console's width, each with a bar in front.
    return { code, out, err: err.replaceAll(/\s+(\| )?\s*/g, ' '), last: out.trimEnd().split('\n').at(-1) ?? '' };
  }

  /** Below the user's local data, and below that. */
  get files(): string[] {
    return readdirSync(this.local, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.local.length + 1))
      .toSorted();
  }

  write(name: string, text: string, age = 0): void {
    const path = join(this.local, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o755);
    const when = new Date(Date.now() - age);
    utimesSync(path, when, when);
  }

  read(name: string): string {
    return readFileSync(join(this.local, name), 'utf8');
  }

  /** What a stand-in keeps: `path`, `task.xml`. */
  kept(name: string): string | undefined {
    const path = join(this.#kept, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  keep(name: string, text: string): void {
    writeFileSync(join(this.#kept, name), text);
  }

  /** What was asked of Windows since the last time. */
  calls(): string[] {
    const text = this.kept('calls') ?? '';
    rmSync(join(this.#kept, 'calls'), { force: true });
    return text.trimEnd().split('\n').filter(Boolean);
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
