/** Shells with our marks in them, as their users know them. */
import { describe, expect, test } from 'bun:test';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../src/platform/pty/pty.ts';
import type { Mark } from '../../src/terminals/marks.ts';
import type { Terminal } from '../../src/terminals/terminal.ts';
import { waitFor } from '../support/sandbox.ts';
import { World } from './world.ts';

/** One that types when the shell is ready, and gets what came of it. */
class Typist {
  readonly terminal: Terminal;
  readonly #marks: Mark[] = [];

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    terminal.marks?.onMark((mark) => this.#marks.push(mark));
  }

  async atPrompt(): Promise<void> {
    await waitFor(
      `a prompt in ${JSON.stringify(this.terminal.read().data)}`,
      () => this.terminal.marks?.state === 'prompt',
    );
  }

  /** What a command prints between its marks, and its exit code. */
  async types(command: string): Promise<{ output: string; exitCode: number | undefined }> {
    await this.atPrompt();
    this.#marks.length = 0;
    this.terminal.input(`${command}\r`);
    const [end] = await waitFor(`the end of ${command}`, () => {
      const ends = this.#marks.filter(({ kind }) => kind === 'D');
      return ends.length > 0 && ends;
    });
    const from = this.#marks.find(({ kind }) => kind === 'C')?.end ?? end?.start ?? 0;
    const bytes = Buffer.from(this.terminal.read(from).data).subarray(0, (end?.start ?? 0) - from);
    return { output: bytes.toString().replaceAll('\r\n', '\n'), exitCode: end?.exitCode };
  }

  async prints(command: string): Promise<string> {
    return (await this.types(command)).output;
  }
}

interface Home {
  readonly shell: 'bash' | 'zsh';
  /** Files of the home folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function begin(world: World, { shell, files, env }: Home): Promise<Typist> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(world.box.file('home'), name, '..'), { recursive: true });
    writeFileSync(join(world.box.file('home'), name), text);
  }
  return new Typist(world.start({ shell, ...(env !== undefined && { env }) }));
}

const ENGINES: readonly EngineName[] = ['bun', 'bun-pty'];
const LEFT_BEHIND = 'env | grep -cE "^__agent_server|MARK_SECRET|SERVER_ZDOTDIR|PROMPT_EOL"';

const missing = (shell: string) => {
  const gone = Bun.which(shell) === null;
  if (gone) console.warn(`skipped: ${shell} is not on this machine`);
  return gone;
};

describe.skipIf(missing('bash')).each(ENGINES)('bash in a terminal of %s', (ptyEngine) => {
  const open = () => World.open({ ptyEngine });

  test('tells where output begins and ends, with the exit code, and reads what it always read', async () => {
    await using world = await open();
    const typist = await begin(world, {
      shell: 'bash',
      files: { '.bashrc': 'PS1="mine> "; greet() { echo "hi $1"; }\n' },
    });
    expect(await typist.types('greet you; (exit 7)')).toEqual({ output: 'hi you\n', exitCode: 7 });
    expect(await typist.types('echo "$?"')).toEqual({ output: '7\n', exitCode: 0 });
    expect(await typist.types('if )(')).toMatchObject({ exitCode: 2 });
    expect(await typist.types('printf part')).toEqual({ output: 'part', exitCode: 0 });
    expect(typist.terminal.read().data).toContain('mine> ');
  });

  test('keeps what its user has made of it', async () => {
    await using world = await open();
    const typist = await begin(world, {
      shell: 'bash',
      files: {
        '.bashrc': [
          'set -u',
          'PS0="<PS0>"',
          'PROMPT_COMMAND=\'seen=$?; PS1="$seen \\w> "; echo before the prompt\'',
          'trap \'traced="${traced-} $BASH_COMMAND"\' DEBUG',
          'HISTFILE=~/history',
        ].join('\n'),
      },
    });
    expect(await typist.types('false')).toEqual({ output: '', exitCode: 1 });
    expect(await typist.prints('echo "$seen"')).toBe('1\n');
    expect(await typist.prints('case $traced in *false*) echo traced;; esac')).toBe('traced\n');
    expect(await typist.prints('history | grep -c "agent_serve[r]"')).toBe('0\n');
    expect(typist.terminal.read().data).toContain('<PS0>');
    // Without the hooks there are no marks, and nothing else is amiss.
    typist.terminal.input('PROMPT_COMMAND=(); PS1="new> "; unset PS0; echo still $((6*7))\r');
    await waitFor('the new prompt', () => /still 42[^]*new> /.test(typist.terminal.read().data));
  });

  test('with a PROMPT_COMMAND that is an array, and one that loses its marks, finds them again', async () => {
    await using world = await open();
    const typist = await begin(world, {
      shell: 'bash',
      files: { '.bashrc': 'PROMPT_COMMAND=("one=\\$?" "two=\\$?")\n' },
    });
    await typist.types('(exit 5)');
    expect(await typist.prints('echo "$one $two"')).toBe('5 5\n');
    await typist.types('PS1="other> " PS0=');
    expect(await typist.types('echo "$PS1" | grep -c other; (exit 4)')).toEqual({ output: '1\n', exitCode: 4 });
  });

  test('leaves nothing to the shells inside it', async () => {
    await using world = await open();
    const typist = await begin(world, {
      shell: 'bash',
      files: { '.bashrc': 'set -a; PS1="p> "; PROMPT_COMMAND=":"; set +a; export PS1 PROMPT_COMMAND PS0\n' },
    });
    expect(await typist.prints('env | grep -ci "agent_server_[a-z]*=\\|MARK_SECRET"')).toBe('0\n');
    expect(
      await typist.types(`bash --norc -ic 'false; echo "[\${PROMPT_COMMAND-}]"; declare -F'; sh -c 'exit 2'`),
    ).toEqual({
      output: '[]\n',
      exitCode: 2,
    });
    typist.terminal.input('exec bash --norc\r');
    await waitFor('the inner shell', () => typist.terminal.marks?.state === 'running');
    typist.terminal.input('echo inner $((6*7)); declare -F\r');
    await waitFor('the answer', () => typist.terminal.read().data.includes('inner 42'));
    expect(typist.terminal.read().data).not.toContain('command not found');
    expect(typist.terminal.marks?.state).toBe('running');
  });

  test('is not fooled by a program that prints marks', async () => {
    await using world = await open();
    const typist = await begin(world, { shell: 'bash', files: {} });
    const { output, exitCode } = await typist.types(String.raw`printf '\e]133;D;0\a\e]133;D;0;aid=x\a'; (exit 6)`);
    expect(output).toContain('aid=x');
    expect(exitCode).toBe(6);
  });
});

describe.skipIf(missing('zsh')).each(ENGINES)('zsh in a terminal of %s', (ptyEngine) => {
  const open = () => World.open({ ptyEngine });

  test('tells where output begins and ends, with the exit code, and reads what it always read', async () => {
    await using world = await open();
    const typist = await begin(world, {
      shell: 'zsh',
      files: {
        '.zshenv': 'from_env="env ${ZDOTDIR-none}"',
        '.zshrc':
          'from_rc=rc; PS1="mine> "; precmd() { seen=$? }; precmd_functions+=(own); own() { PS1="$seen mine> "; print noise }\nzle-line-init() { inits=yes }; zle -N zle-line-init',
      },
    });
    expect(await typist.types('echo $from_env $from_rc; (exit 7)')).toEqual({ output: 'env none rc\n', exitCode: 7 });
    expect(await typist.types('echo $seen $inits')).toEqual({ output: '7 yes\n', exitCode: 0 });
    // Without zsh's own mark for a line that is not ended.
    expect(await typist.types('printf part')).toEqual({ output: 'part', exitCode: 0 });
    expect(await typist.types('if )(')).toMatchObject({ exitCode: 1 });
    expect(await typist.types('set -u; setopt ksh_arrays noclobber; echo ok')).toEqual({ output: 'ok\n', exitCode: 0 });
    expect(await typist.types('echo on; false')).toEqual({ output: 'on\n', exitCode: 1 });
  });

  test('has the ZDOTDIR of its user, also one that is set in .zshenv, and hands nothing on', async () => {
    await using world = await open();
    const zdotdir = join(world.box.file('home'), 'own');
    const files = { 'own/.zshenv': 'ZDOTDIR=$HOME/later', 'later/.zshrc': 'from=later' };
    const typist = await begin(world, { shell: 'zsh', files, env: { ZDOTDIR: zdotdir } });
    expect(await typist.prints('echo $from $ZDOTDIR')).toBe(`later ${world.box.file('home')}/later\n`);
    expect(await typist.prints(LEFT_BEHIND)).toBe('0\n');
    expect(await typist.prints('zsh -ic "typeset -f | grep -c agent_server"')).toBe('0\n');
  });
});

describe.skipIf(process.platform === 'win32')('the scripts', () => {
  const open = () => World.open();

  test('are files that nobody else can read or write', async () => {
    await using world = await open();
    await (await begin(world, { shell: 'bash', files: {} })).atPrompt();
    const root = world.box.file('data/terminals');
    const [folder = '', ...more] = readdirSync(root).filter((name) => name.startsWith('shell-integration-'));
    expect(more).toEqual([]);
    expect(statSync(join(root, folder)).mode & 0o777).toBe(0o700);
    const files = readdirSync(join(root, folder));
    expect(files.toSorted()).toEqual(['.zshenv', 'bash.sh', 'powershell.ps1']);
    for (const file of files) expect(statSync(join(root, folder, file)).mode & 0o777).toBe(0o600);
    // A second terminal finds them.
    await (await begin(world, { shell: 'bash', files: {} })).atPrompt();
    expect(readdirSync(root).filter((name) => name.startsWith('shell-integration-'))).toEqual([folder]);
  });

  test('are left out where the caller gave arguments, and in the terminal of a socket', async () => {
    await using world = await open();
    expect(world.start({ shell: 'bash', args: ['--norc'] }).marks).toBeUndefined();
    expect(world.start({ shell: 'bash', kind: 'socket' }).marks).toBeUndefined();
    expect(world.start({ shell: 'sh' }).marks).toBeUndefined();
    expect(world.start({ shell: 'bash' }).marks).toBeDefined();
  });
});
