/** A folder with a `devtunnel` in it that plays the real one (tests/fixtures/devtunnel.ts), for a PATH. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../support/wait.ts';

const FIXTURE = join(import.meta.dir, '../fixtures/devtunnel.ts');

export class FakeDevtunnel {
  /** To be put on the PATH. */
  readonly bin: string;
  readonly #state: string;

  constructor(folder: string) {
    this.bin = join(folder, 'bin');
    this.#state = join(folder, 'devtunnel');
    for (const path of [this.bin, this.#state]) mkdirSync(path, { recursive: true });
    const program = join(this.bin, 'devtunnel');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${FIXTURE}' "$@"\n`);
    chmodSync(program, 0o755);
  }

  /** What a server needs in its environment. */
  get env(): Readonly<Record<string, string>> {
    return { PATH: `${this.bin}:${process.env['PATH'] ?? ''}`, FAKE_DEVTUNNEL: this.#state };
  }

  /** Has it do something wrong, or in another way. */
  play(name: string, text = ''): void {
    writeFileSync(join(this.#state, name), text);
  }

  stopPlaying(name: string): void {
    rmSync(join(this.#state, name));
  }

  /** Command lines, in order. */
  get calls(): readonly string[] {
    const path = join(this.#state, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  }

  /** The process that hosts, once it is another than that. */
  async hostPid(before?: number): Promise<number> {
    const path = join(this.#state, 'host.pid');
    return waitFor('devtunnel host to run', () => {
      const pid = existsSync(path) ? Number(readFileSync(path, 'utf8')) : Number.NaN;
      return Number.isInteger(pid) && pid > 0 && pid !== before ? pid : undefined;
    });
  }

  async killHost(): Promise<number> {
    const pid = await this.hostPid();
    process.kill(pid, 'SIGKILL');
    return pid;
  }
}
