/** Runs a tool of the build to its end. */
import { ReleaseError } from '../release-error.ts';

export async function runProgram(command: readonly string[], cwd: string): Promise<void> {
  // Of the variables Bun reads, none may change what is built.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BUN_')));
  const child = Bun.spawn({ cmd: [...command], cwd, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new ReleaseError(`${command.slice(0, 2).join(' ')} failed with ${code}:\n${err}${out}`.trim());
}
