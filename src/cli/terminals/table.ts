/** The table of terminals, which `terminals` and `attach` print. */
import { escapeControls } from '../../core/text.ts';
import type { TerminalResource } from '../../protocol/terminal.ts';
import { paint } from '../output.ts';
import { age, table } from '../table.ts';

const HEAD = ['NAME', 'ID', 'SHELL', 'STATUS', 'SIZE', 'ATTACHED', 'AGE', 'LAST OUTPUT'];

export function terminalTable(terminals: readonly TerminalResource[], now: number): string {
  return table(
    HEAD,
    terminals.map((terminal) => row(terminal, now)),
  );
}

function row(terminal: TerminalResource, now: number): string[] {
  const { name, id, shell, status, exitCode, cols, rows, attached, createdAt, lastOutputAt } = terminal;
  return [
    escapeControls(name ?? ''),
    id,
    escapeControls(shell.split(/[\\/]/).at(-1) ?? shell),
    status === 'running' ? paint('green', status) : paint('dim', `exited ${exitCode ?? ''}`.trimEnd()),
    `${cols}×${rows}`,
    String(attached),
    age(now - createdAt * 1000),
    lastOutputAt === null ? '' : `${age(now - lastOutputAt * 1000)} ago`,
  ];
}
