/** A terminal's status and name as they are shown. */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import type { Look } from '../status.ts';

export function terminalLook({ status, exitCode }: Pick<TerminalResource, 'status' | 'exitCode'>): Look {
  if (status === 'running') return { tone: 'active', word: 'Running' };
  return exitCode === 0 ? { tone: 'over', word: 'Exited' } : { tone: 'bad', word: `Exited with ${exitCode}` };
}

/** Its name, or what it runs: ids are for programs. */
export const terminalTitle = ({ name, shell }: Pick<TerminalResource, 'name' | 'shell'>): string =>
  name ?? shell.slice(Math.max(shell.lastIndexOf('/'), shell.lastIndexOf('\\')) + 1);
