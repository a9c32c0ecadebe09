/**
 * Has a shell mark its prompts and commands (see marks.ts), by a small script that is read at its start.
 *
 *   bash                --rcfile SCRIPT, which reads ~/.bashrc first
 *   zsh                 ZDOTDIR=FOLDER with a .zshenv, which puts ZDOTDIR back at once
 *   pwsh, powershell    -NoExit -Command, which runs the script after the profile
 *
 * The scripts are part of the executable. A shell needs them as files: they are written into the data folder, for its
 * owner alone, under a name made of their content, so that another version has its own.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../core/failure.ts';
import { nativeShells } from '../../platform/programs/index.ts';
import { Marks, newMarkSecret, type ShellFamily } from '../marks.ts';
import bashScript from './bash.sh' with { type: 'text' };
import powershellScript from './powershell.ps1' with { type: 'text' };
import zshScript from './zsh.sh' with { type: 'text' };

/** What is started: a program with its arguments, in an environment. */
export interface ShellStart {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

const SCRIPTS = { 'bash.sh': bashScript, '.zshenv': zshScript, 'powershell.ps1': powershellScript } as const;
type Script = keyof typeof SCRIPTS;

const SECRET = 'AGENT_SERVER_MARK_SECRET';
const USERS_ZDOTDIR = 'AGENT_SERVER_ZDOTDIR';

export class ShellIntegration {
  readonly #root: string;

  /** `root`: a private folder; the scripts get one of their own in it, when the first shell needs them. */
  constructor(root: string) {
    this.#root = root;
  }

  /** The same start with marks; undefined where the program is none of the shells, or was given arguments of its own. */
  mark<S extends ShellStart>(start: S): { readonly start: S; readonly marks: Marks } | undefined {
    const [program, ...args] = start.argv;
    const family = familyOf(program);
    if (family === undefined || args.length > 0) return undefined;
    const secret = newMarkSecret();
    try {
      const marked = this.#marked(family, program, { ...start.env, [SECRET]: secret });
      return { start: { ...start, ...marked }, marks: new Marks(secret, family) };
    } catch {
      // A disk that is full costs the marks, not the terminal.
      return undefined;
    }
  }

  #marked(family: ShellFamily, program: string, env: ShellStart['env']): ShellStart {
    switch (family) {
      case 'bash':
        return { argv: [program, '--rcfile', this.#script('bash.sh')], env };
      case 'zsh': {
        const { ZDOTDIR } = env;
        const users = ZDOTDIR === undefined ? {} : { [USERS_ZDOTDIR]: ZDOTDIR };
        return { argv: [program], env: { ...env, ...users, ZDOTDIR: dirname(this.#script('.zshenv')) } };
      }
      case 'powershell':
        return { argv: [program, '-NoExit', '-Command', runScript(this.#script('powershell.ps1'))], env };
    }
  }

  #script(name: Script): string {
    const content = new Bun.CryptoHasher('sha256').update(JSON.stringify(SCRIPTS)).digest('hex');
    const folder = join(this.#root, `shell-integration-${content.slice(0, 16)}`);
    if (!existsSync(folder)) writeWhole(this.#root, folder);
    return join(folder, name);
  }
}

function familyOf(program: string): ShellFamily | undefined {
  const name = basename(program).replace(/\.exe$/i, '');
  if (/^(pwsh|powershell)$/i.test(name)) return 'powershell';
  // On Windows these belong to another system, with other paths.
  return nativeShells.has(name) && (name === 'bash' || name === 'zsh') ? name : undefined;
}

/** All of them, or none: a shell never reads half a script. */
function writeWhole(root: string, folder: string): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(root, 'new-'));
  try {
    chmodSync(work, 0o700);
    for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(work, name), text, { mode: 0o600 });
    renameSync(work, folder);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    if (codeOf(error) !== 'EEXIST' && codeOf(error) !== 'ENOTEMPTY') throw error;
  }
}

/** As text, not as a file: the execution policy of Windows would refuse one that is not signed. */
const runScript = (path: string): string =>
  `. ([scriptblock]::Create([IO.File]::ReadAllText('${path.replaceAll("'", "''")}')))`;
