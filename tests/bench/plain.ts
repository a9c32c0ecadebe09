/** The yardstick: the same command, started by Bun itself with nothing around it. */
export async function plainSpawn(command: string): Promise<string> {
  const child = Bun.spawn(['/bin/sh', '-c', command], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [text] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return text;
}

export async function plainRedirect(command: string, path: string): Promise<void> {
  const child = Bun.spawn(['/bin/sh', '-c', `${command} >'${path}'`], { stdio: ['ignore', 'ignore', 'ignore'] });
  await child.exited;
}
