/** Programs that a test compares with. */

/** Whether it is there; says so where it is not, since a story is left out then. */
export function hasProgram(name: string): boolean {
  if (Bun.which(name) !== null) return true;
  process.stdout.write(`skipped what needs ${name}: it is not on the PATH\n`);
  return false;
}

/** Its output; throws where it fails. */
export function runProgram(cwd: string, ...cmd: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync({ cmd, cwd });
  if (exitCode !== 0) throw new Error(`${cmd.join(' ')}: ${exitCode} ${stderr.toString()}`);
  return stdout.toString();
}
