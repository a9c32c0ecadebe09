/** What the driver (driver.ts) can be told about terminals. */
import { silentLog } from '../../src/core/log.ts';
import { createPtyOpener, type PtyOptions } from '../../src/platform/pty/index.ts';
import type { Pty, PtyRequest } from '../../src/platform/pty/pty.ts';
import { programOf, type TerminalRequest } from '../../src/terminals/request.ts';

const terminals = new Map<string, { readonly pty: Pty; text: string }>();

export const terminalMethods = {
  openPty(options: Pick<PtyOptions, 'engine' | 'libraryFolder'>, request: PtyRequest) {
    const opened = createPtyOpener({ ...options, log: silentLog })(request);
    if (!opened.ok) return opened.failure;
    const terminal = { pty: opened.value, text: '' };
    terminals.set(request.treeId, terminal);
    terminal.pty.listen((data) => (terminal.text += Buffer.from(data).toString()));
    return { pid: terminal.pty.pid };
  },
  ptyText: (treeId: string) => terminals.get(treeId)?.text ?? '',
  ptyWrite: (treeId: string, text: string) => terminals.get(treeId)?.pty.write(Buffer.from(text)) ?? 'written',
  ptyPause: (treeId: string) => terminals.get(treeId)?.pty.pause(),
  ptyExited: (treeId: string) => terminals.get(treeId)?.pty.exited,
  ptyEndTree: (treeId: string) => terminals.get(treeId)?.pty.endTree(0),
  /** What a request for a terminal comes to, before anything is started. */
  terminalProgram(request: TerminalRequest, env: Readonly<Record<string, string>>) {
    const program = programOf(request, env, 'C:\\');
    return program.ok ? program.value.argv : program.failure;
  },
} as const;
