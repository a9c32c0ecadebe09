/** A development server of Vite over a copy of tests/fixtures/vite-project, whose files a test may change. */
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { waitFor } from '../support/wait.ts';

const root = resolve(import.meta.dir, '../..');
const PROJECT = join(root, 'tests/fixtures/vite-project');

export class ViteServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #process: Bun.Subprocess;

  private constructor(port: number, folder: string, child: Bun.Subprocess) {
    this.port = port;
    this.#folder = folder;
    this.#process = child;
  }

  static async start(): Promise<ViteServer> {
    const folder = mkdtempSync(join(tmpdir(), 'agent-server-vite-'));
    cpSync(PROJECT, folder, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const output = `${folder}.out`;
    const child = Bun.spawn({
      cmd: ['node', join(root, 'node_modules/vite/bin/vite.js'), '--port', String(freePort())],
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder },
      stdin: 'ignore',
      stdout: Bun.file(output),
      stderr: Bun.file(output),
    });
    try {
      const port = await waitFor('Vite to say where it listens', async () => {
        const said = stripVTControlCharacters(await Bun.file(output).text());
        if (child.exitCode !== null) throw new Error(`Vite did not start: ${said}`);
        const [, digits] = /http:\/\/localhost:(\d+)\//.exec(said) ?? [];
        return digits === undefined ? undefined : Number(digits);
      });
      return new ViteServer(port, folder, child);
    } catch (error) {
      child.kill();
      throw error;
    } finally {
      rmSync(output, { force: true });
    }
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Where somebody else takes it meanwhile, Vite goes on to the next one. */
function freePort(): number {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
