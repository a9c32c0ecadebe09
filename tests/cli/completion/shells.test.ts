/** The scripts of `completion`, in the real shells. */
import { describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../../support/wait.ts';
import { MAIN, World } from '../world.ts';

/** Undefined where the shell is not on this machine. */
function programOf(name: string, variable?: string): string | undefined {
  return (variable === undefined ? undefined : process.env[variable]) ?? Bun.which(name) ?? undefined;
}

const OVERWRITTEN = new RegExp('.\b', 'g');

/** A shell at a terminal, with `agent-server` on its PATH, that has read its script of completion. */
class Typist implements AsyncDisposable {
  readonly process: Bun.Subprocess;
  #seen = '';

  constructor(world: World, argv: readonly string[], env: Readonly<Record<string, string>>) {
    const decoder = new TextDecoder();
    this.process = Bun.spawn([...argv], {
      cwd: world.folder,
      env: { ...world.env, ...env, TERM: 'xterm', PATH: `${programFolder(world)}:${process.env['PATH'] ?? ''}` },
      terminal: { cols: 200, rows: 50, data: (_, data) => void (this.#seen += decoder.decode(data, { stream: true })) },
    });
  }

  /** Types something, and waits for what comes to the screen after it. */
  async answers(typed: string, answer: RegExp): Promise<void> {
    this.#seen = '';
    this.process.terminal?.write(typed);
    await this.sees(answer);
  }

  async sees(answer: RegExp): Promise<void> {
    // zsh goes back over a letter to write it again.
    await waitFor(String(answer), () => answer.test(this.#seen.replaceAll(OVERWRITTEN, '')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.terminal?.close();
    this.process.kill('SIGKILL');
    await this.process.exited;
  }
}

function programFolder(world: World): string {
  const folder = join(world.folder, 'bin');
  mkdirSync(folder, { recursive: true });
  const program = join(folder, 'agent-server');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(program, 0o755);
  return folder;
}

async function scriptOf(world: World, shell: string): Promise<string> {
  const { code, stdout } = await world.cli(['completion', shell]);
  expect(code).toBe(0);
  return stdout;
}

const bash = programOf('bash');
const zsh = programOf('zsh');
const fish = programOf('fish');
const pwsh = programOf('pwsh', 'AGENT_SERVER_TEST_PWSH');
for (const [name, found] of Object.entries({ bash, zsh, fish, pwsh }))
  if (found === undefined)
    process.stdout.write(`completion in ${name}: skipped, there is no ${name} on this machine\n`);

/** What a person does in both shells. */
async function completes(typist: Typist): Promise<void> {
  // A verb, then an option of it, then its value; `echo` shows what the line has become.
  await typist.answers('agent-server profi\t', /profiles/);
  await typist.answers('--js\t', /--json/);
  await typist.answers('\r', /\[\]/);
  await typist.answers('agent-server jobs --status ru\t', /running/);
  await typist.answers('\u0015agent-server jobs --status=comp\t', /--status=completed/);
  // Several to choose from.
  await typist.answers('\u0015agent-server log\t\t', /login[^]*logout/);
  // Where there is nothing of ours to offer, files are.
  await typist.answers('\u0015agent-server jobs --key-file some-ke\t', /some-key-file/);
}

/** Names that have to be quoted, with what a person types of them: without quotes, and in each kind of quotes. */
const NAMES = [
  ['two words', 'tw'],
  ['two words', '"two w'],
  ['two words', "'two w"],
  ['two words', String.raw`two\ w`],
  ["it's $HOME!", 'it'],
  ["it's $HOME!", '"it'],
  ["it's $HOME!", "'it"],
  [String.raw`a:b\c;(d)&"e"`, 'a'],
  [String.raw`a:b\c;(d)&"e"`, 'a:b'],
  [String.raw`a:b\c;(d)&"e"`, '"a:'],
  ['ü #1', 'ü'],
  ['~', String.raw`\~`],
] as const;

async function ask(world: World, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'x-api-key': world.key, 'content-type': 'application/json' };
  const more = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return (await fetch(`${world.url}${path}`, { headers, ...more })).json();
}

/** A session of that name, made without the program: each start of it takes longer than all else. */
async function openSession(world: World, sessionKey: string): Promise<void> {
  const exec = { command: 'true', mode: 'persistent_shell', shell: 'sh', sessionKey };
  const { jobId } = (await ask(world, '/exec', exec)) as { jobId: string };
  expect(await ask(world, `/jobs/${jobId}?wait=30`)).toMatchObject({ status: 'completed' });
}

/** The name arrives at the program as it is: that one ends the session of that name. */
async function completesNames(world: World, typist: Typist): Promise<void> {
  for (const [name, typed] of NAMES) {
    await openSession(world, name);
    await typist.answers(`agent-server sessions delete ${typed}\t`, new RegExp(typed.slice(-1)));
    await typist.answers('\r', /deleted|says/);
    expect(await ask(world, '/sessions')).toEqual([]);
  }
}

/** A path on the server, folder by folder, whose names have to be quoted: the file is printed. */
async function completesPaths(world: World, typist: Typist): Promise<void> {
  const folder = join(world.folder, "it's a folder", 'in $HOME');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'the "file".txt'), 'content of it');
  for (const typed of [`:${world.folder}/it`, `:${world.folder}/"it`, `${world.folder}/it`]) {
    await typist.answers(`agent-server cat ${typed}\t`, /folder/);
    await typist.answers('in\t', /HOME/);
    await typist.answers('the\t', /txt/);
    await typist.answers('\r', /content of it/);
  }
}

test.skipIf(bash === undefined)(
  'bash completes names that have to be quoted, however they are begun',
  async () => {
    await using world = await World.start();
    writeFileSync(join(world.folder, 'rc'), `${await scriptOf(world, 'bash')}\nPS1='ready> '\n`);
    await using typist = new Typist(world, [bash ?? '', '--noprofile', '--rcfile', join(world.folder, 'rc'), '-i'], {});
    await typist.sees(/ready> /);
    await completesNames(world, typist);
    await completesPaths(world, typist);
    // An address is one word, although bash takes it apart.
    await openSession(world, 'one more');
    await typist.answers(`agent-server sessions delete --url ${world.url} o\t`, /one/);
    await typist.answers('\r', /one more deleted/);
  },
  60_000,
);

test.skipIf(bash === undefined)('bash completes verbs, options, values and files', async () => {
  await using world = World.empty();
  writeFileSync(join(world.folder, 'some-key-file'), '');
  writeFileSync(join(world.folder, 'rc'), `${await scriptOf(world, 'bash')}\nPS1='ready> '\n`);
  await using typist = new Typist(world, [bash ?? '', '--noprofile', '--rcfile', join(world.folder, 'rc'), '-i'], {});
  await typist.sees(/ready> /);
  await completes(typist);
});

describe.skipIf(zsh === undefined)('zsh', () => {
  test('completes names that have to be quoted, however they are begun', async () => {
    await using world = await World.start();
    const script = await scriptOf(world, 'zsh');
    writeFileSync(join(world.folder, '.zshrc'), `autoload -U compinit; compinit -u -D\n${script}\nPS1='ready> '\n`);
    await using typist = new Typist(world, [zsh ?? '', '-d', '-i'], { ZDOTDIR: world.folder, LANG: 'C.UTF-8' });
    await typist.sees(/ready> /);
    await completesNames(world, typist);
    await completesPaths(world, typist);
  }, 60_000);

  test('completes verbs, options, values and files, with the script read in', async () => {
    await using world = World.empty();
    writeFileSync(join(world.folder, 'some-key-file'), '');
    const script = await scriptOf(world, 'zsh');
    writeFileSync(join(world.folder, '.zshrc'), `autoload -U compinit; compinit -u -D\n${script}\nPS1='ready> '\n`);
    await using typist = new Typist(world, [zsh ?? '', '-d', '-i'], { ZDOTDIR: world.folder });
    await typist.sees(/ready> /);
    await completes(typist);
  });

  test('finds the script in its folder of functions, and shows what each word means', async () => {
    await using world = World.empty();
    const folder = join(world.folder, 'functions');
    mkdirSync(folder);
    writeFileSync(join(folder, '_agent-server'), await scriptOf(world, 'zsh'));
    const rc = `fpath=('${folder}' $fpath); autoload -U compinit; compinit -u -D\nPS1='ready> '\n`;
    writeFileSync(join(world.folder, '.zshrc'), rc);
    await using typist = new Typist(world, [zsh ?? '', '-d', '-i'], { ZDOTDIR: world.folder });
    await typist.sees(/ready> /);
    await typist.answers('agent-server jo\t', /jobs/);
    await typist.answers('\u0015agent-server log\t\t', /login +-- Save the address/);
    // The second time the function is there already.
    await typist.answers('\u0015agent-server cance\t', /cancel/);
  });
});

test.skipIf(fish === undefined)(
  'fish completes verbs, options, values, names, files and paths on the server',
  async () => {
    await using world = await World.start();
    await openSession(world, "it's $HOME!");
    const there = join(world.folder, "a folder's");
    mkdirSync(there);
    writeFileSync(join(there, 'the "file".txt'), '');
    writeFileSync(join(world.folder, 'some-key-file'), '');
    const asked: readonly (readonly [string, readonly string[]])[] = [
      ['agent-server profi', ['profiles']],
      ['agent-server jobs --js', ['--json']],
      ['agent-server jobs --status ru', ['running']],
      ['agent-server jobs --status=comp', ['--status=completed']],
      ['agent-server agent ', ['attach', 'close', 'list', 'log']],
      ['agent-server sessions delete it', ["it's $HOME!"]],
      ['agent-server sessions delete "it', ["it's $HOME!"]],
      [`agent-server cat :${world.folder}/a`, [`:${there}/`]],
      [`agent-server cat :${world.folder}/a\\ folder\\'s/`, [`:${there}/the "file".txt`]],
      [`agent-server cat "${there}/the`, [`${there}/the "file".txt`]],
      ['agent-server jobs --key-file some-ke', ['some-key-file']],
    ];
    writeFileSync(join(world.folder, 'script.fish'), await scriptOf(world, 'fish'));
    for (const [line, wanted] of asked) {
      const child = Bun.spawn(
        [fish ?? '', '--no-config', '-C', 'source script.fish', '-c', 'complete -C $argv[1]', line],
        {
          cwd: world.folder,
          env: { ...world.env, PATH: `${programFolder(world)}:${process.env['PATH'] ?? ''}` },
          stdin: 'ignore',
        },
      );
      const found = (await new Response(child.stdout).text()).split('\n').filter(Boolean);
      expect(found.map((one) => one.split('\t')[0] ?? '')).toEqual([...wanted]);
    }
  },
  60_000,
);

test.skipIf(pwsh === undefined)('PowerShell completes verbs, options and values', async () => {
  await using world = await World.start();
  for (const name of ['two words', "it's $HOME!", 'plain']) await openSession(world, name);
  const there = join(world.folder, 'there');
  mkdirSync(join(there, 'two words'), { recursive: true });
  writeFileSync(join(there, "it's"), '');
  const lines = [
    'agent-server profi',
    'agent-server jobs --js',
    'agent-server jobs --status ru',
    // To PowerShell `-f` is a parameter and no text.
    'agent-server logs -f --js',
    'agent-server agent ',
    'agent-server sessions delete ',
    'agent-server sessions delete "two w',
    "agent-server sessions delete 'two w",
    'agent-server run --session=tw',
    `agent-server cat :${there}/two`,
    `agent-server cat ":${there}/it`,
    `agent-server cat '${there}/two w`,
  ];
  const asked = lines.map(
    (line) =>
      `(TabExpansion2 '${line.replaceAll("'", "''")}' ${line.length}).CompletionMatches.CompletionText -join ','`,
  );
  const script = join(world.folder, 'script.ps1');
  writeFileSync(script, `Set-StrictMode -Version Latest\n${await scriptOf(world, 'pwsh')}\n${asked.join('\n')}\n`);
  const child = Bun.spawn([pwsh ?? '', '-NoProfile', '-NonInteractive', '-File', script], {
    env: { ...world.env, PATH: `${programFolder(world)}:${process.env['PATH'] ?? ''}` },
    stdin: 'ignore',
  });
  expect((await new Response(child.stdout).text()).trim().split(/\r?\n/)).toEqual([
    'profiles',
    '--json',
    'running',
    '--json',
    'list,attach,log,close',
    "'it''s $HOME!',plain,'two words'",
    "'two words'",
    "'two words'",
    "'--session=two words'",
    `':${there}/two words/'`,
    `':${there}/it''s'`,
    `'${there}/two words/'`,
  ]);
});

test('a shell that is not known is refused, with the one that was probably meant', async () => {
  await using world = World.empty();
  const said = await world.cli(['completion', 'bsah']);
  expect(said.code).toBe(2);
  expect(said.stderr).toContain('unknown shell "bsah" (did you mean bash?); the shells are bash, zsh, fish and pwsh');
});
