/**
 * Windows: batch files through cmd.exe with arguments that it cannot take for orders, and the tree ended by taskkill.
 *
 * There is no Job Object, which node:child_process does not have: what a program that has already ended leaves behind is
 * not found, and a program cannot be asked to end, only ended. Both streams of a terminal are pipes of their own.
 */
import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import { fail, ok } from '../../core/failure.ts';
import { batchCommandLine } from '../process/windows/batch-command-line.ts';
import { shellCommandLine, type CommandLine } from '../process/windows/command-line.ts';
import { isBatchFile } from '../programs/windows/batch-file.ts';
import { variable } from '../programs/windows/command-interpreter.ts';
import { hasExited, type Children } from './children.ts';

type Environment = Readonly<Record<string, string>>;

export const windowsChildren: Children = {
  startOf({ argv, cwd, env: given, treeId: _treeId }) {
    const env = oneOfEachName(given);
    const options = { cwd, env, windowsHide: true };
    if (typeof argv === 'string') return ok(verbatim(shellCommandLine(argv, env), options));
    const [file = '', ...args] = argv;
    if (!isBatchFile(file)) return ok({ file, args, options });
    const line = batchCommandLine(file, args, env);
    return line.ok
      ? ok(verbatim(line.value, options))
      : fail({ reason: 'start-refused', detail: line.failure.message });
  },
  // A handle keeps the number from being given out again as long as the child is not reaped, and it is not used after that.
  identityOf: (_child, pid) => ({ pid, startTime: '' }),
  async endTree({ identity, child }) {
    if (hasExited(child)) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await taskkill(identity.pid);
    child.kill('SIGKILL');
    if (!hasExited(child)) await exited;
  },
};

/** `spawn` would quote what is quoted already. The first word is the program as the command line has it. */
function verbatim({ application, text }: CommandLine, options: object) {
  const name = `"${application}"`;
  const rest = text.slice(name.length + 1);
  return { file: application, args: [rest], options: { ...options, argv0: name, windowsVerbatimArguments: true } };
}

/** `Path` and `PATH` are one variable: the one laid over last counts, while `spawn` would take the first. */
function oneOfEachName(env: Environment): Environment {
  const byName = new Map(Object.entries(env).map(([name, value]) => [name.toUpperCase(), [name, value] as const]));
  return Object.fromEntries(byName.values());
}

/** Resolves when it has done what it could. https://learn.microsoft.com/windows-server/administration/windows-commands/taskkill */
function taskkill(pid: number): Promise<void> {
  const root = variable(process.env, 'SYSTEMROOT') ?? 'C:\\Windows';
  const program = win32.join(root, 'System32', 'taskkill.exe');
  return new Promise((resolve) => {
    spawn(program, ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
      .once('error', () => resolve())
      .once('exit', () => resolve());
  });
}
