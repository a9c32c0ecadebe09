/** The editor of whoever sits at this machine, as git and its like choose it, and one session with it. */
import type { Environment } from '../../core/environment.ts';
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { editors, findProgram, splitCommandLine } from '../../platform/programs/index.ts';
import { Interrupts } from '../interrupts.ts';

export interface EditorFailure {
  readonly reason: 'no-editor';
  /** A sentence without its full stop. */
  readonly message: string;
}

/** Variables that name one, in the order that counts. */
const VARIABLES = ['VISUAL', 'EDITOR'] as const;
const CTRL_C_EXIT = 130;

/** A program and its arguments before the file. Without a variable one is chosen for a person, who has a terminal. */
export function chooseEditor(env: Environment, atTerminal: boolean): Result<readonly string[], EditorFailure> {
  const none = (message: string) => fail({ reason: 'no-editor', message } as const);
  const variable = VARIABLES.find((one) => (env[one] ?? '').trim() !== '');
  if (variable === undefined) {
    if (!atTerminal) return none('an editor needs a terminal, and here is none; give --old and --new');
    const found = editors.map((name) => findProgram(name, env, process.cwd())).find((path) => path !== undefined);
    return found === undefined ? none('there is no editor here; name one in VISUAL or EDITOR') : ok([found]);
  }
  const split = splitCommandLine(env[variable] ?? '');
  if (!split.ok) return none(`${variable} cannot be read: ${split.failure.message}`);
  const [name = '', ...words] = split.value;
  const program = findProgram(name, env, process.cwd());
  return program === undefined
    ? none(`there is no program ${JSON.stringify(name)}, which ${variable} names`)
    : ok([program, ...words]);
}

/** Resolves to the exit code of the editor, or to that of the signal by which we were asked to end. */
export async function runEditor(editor: readonly string[], file: string): Promise<Result<number, EditorFailure>> {
  // Ctrl-C is for the editor, which decides what it does.
  using interrupts = new Interrupts();
  try {
    const child = Bun.spawn({ cmd: [...editor, file], stdio: ['inherit', 'inherit', 'inherit'] });
    const ended = child.exited;
    const asked = interrupts.first.then(async (code) => {
      if (code !== CTRL_C_EXIT) child.kill();
      await ended;
      return code;
    });
    return ok(await Promise.race([ended, asked.then((code) => (code === CTRL_C_EXIT ? ended : code))]));
  } catch (error) {
    return fail({ reason: 'no-editor', message: `the editor ${editor[0] ?? ''} cannot be run: ${messageOf(error)}` });
  }
}
