/** A system on which there is little, as install.sh may find it. */
import type { Home } from './home.ts';

/** Leaves the home what a small system has, and of the tools that download that one; false where it is not on this machine. */
export function onlyTool(home: Home, tool: string | undefined): boolean {
  const program = tool?.split(' ')[0];
  if (program !== undefined && Bun.which(program) === null) {
    console.log(`install.sh with ${tool}: skipped, there is no ${program}`);
    return false;
  }
  const small = [
    'awk',
    'cat',
    'chmod',
    'cp',
    'cut',
    'dirname',
    'find',
    'grep',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'rmdir',
    'sed',
    'sh',
    'sha256sum',
    'sync',
    'tail',
    'tr',
  ];
  const busybox = Bun.which('busybox');
  if (tool === 'busybox wget' && busybox !== null)
    home.onlyCommands([], Object.fromEntries([...small, 'wget'].map((name) => [name, busybox])));
  else home.onlyCommands(program === undefined ? small : [...small, program]);
  return true;
}
