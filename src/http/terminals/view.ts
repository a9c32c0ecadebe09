/** A terminal as the wire shows it. */
import { toSeconds } from '../../core/clock.ts';
import type { TerminalResource } from '../../protocol/terminal.ts';
import type { Terminal } from '../../terminals/terminal.ts';

export function terminalView(terminal: Terminal): TerminalResource {
  const { id, shell, pid, cols, rows, attached, bytes, status } = terminal;
  return {
    id,
    name: terminal.name ?? null,
    shell,
    pid,
    cols,
    rows,
    createdAt: toSeconds(terminal.createdAt),
    lastInputAt: secondsOrNull(terminal.lastInputAt),
    lastOutputAt: secondsOrNull(terminal.lastOutputAt),
    attached,
    bytes,
    status,
    exitCode: terminal.exitCode ?? null,
  };
}

const secondsOrNull = (ms: number | undefined): number | null => (ms === undefined ? null : toSeconds(ms));
