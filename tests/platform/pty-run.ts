/** A program in a PTY. */
import { expect } from 'bun:test';
import { newId } from '../../src/core/id.ts';
import type { OpenPty, Pty, PtyRequest } from '../../src/platform/pty/pty.ts';
import { waitFor } from '../support/sandbox.ts';

export const ENV = { PATH: Bun.env['PATH'] ?? '', TERM: 'xterm-256color' };

/** One `sh -c` in a PTY, and what it has printed. */
export class Run implements AsyncDisposable {
  readonly pty: Pty;
  bytes = 0;
  text = '';

  constructor(openPty: OpenPty, command: string, more: Pick<PtyRequest, 'cwd'> & Partial<PtyRequest>) {
    const argv = ['/bin/sh', '-c', command] as const;
    const opened = openPty({ argv, env: ENV, cols: 80, rows: 24, treeId: newId(), ...more });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    this.pty = opened.value;
    this.pty.listen((data) => {
      this.bytes += data.length;
      // The end is enough to look at, where it is much.
      this.text = (this.text + Buffer.from(data).toString('latin1')).slice(-100_000);
    });
  }

  type(text: string): void {
    expect(this.pty.write(Buffer.from(text))).toBeUndefined();
  }

  shows(part: string | RegExp): Promise<string> {
    return waitFor(`${part} in ${JSON.stringify(this.text.slice(-300))}`, () => {
      if (typeof part === 'string') return this.text.includes(part) && part;
      return part.exec(this.text)?.[1];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pty.endTree(0);
    await this.pty.exited;
    this.pty.release();
  }
}
