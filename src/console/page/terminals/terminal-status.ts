/** A terminal's status and name as they are shown. */
import type { TerminalResource } from '../../../protocol/terminal.ts';
import type { StatusStyle } from '../status.ts';

export const terminalStatus = ({ status, exitCode }: Pick<TerminalResource, 'status' | 'exitCode'>): StatusStyle =>
  status === 'running' ? { tone: 'active', word: 'Running' } : exitedStatus(exitCode);

export const exitedStatus = (exitCode: number | null): StatusStyle =>
  exitCode === 0 ? { tone: 'over', word: 'Exited' } : { tone: 'bad', word: `Exited with ${exitCode}` };

/** Its name, or what it runs: ids are for programs. */
export const terminalTitle = ({ name, shell }: Pick<TerminalResource, 'name' | 'shell'>): string =>
  name ?? shell.slice(Math.max(shell.lastIndexOf('/'), shell.lastIndexOf('\\')) + 1);
