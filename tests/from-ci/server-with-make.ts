/** A server on whose machine `make`, which the documents run, is a script of the story. */
import { afterAll, beforeAll } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveServer } from '../support/doors.ts';
import { Rig, type RigOptions } from '../support/rig.ts';

export class ServerWithMake implements AsyncDisposable {
  readonly rig: Rig;
  readonly #folder: string;

  private constructor(rig: Rig, folder: string) {
    this.rig = rig;
    this.#folder = folder;
  }

  static async start(options: RigOptions = {}): Promise<ServerWithMake> {
    const folder = mkdtempSync(join(tmpdir(), 'agent-server-make-'));
    return new ServerWithMake(await Rig.start(liveServer, { ...options, env: liveServer.programsIn(folder) }), folder);
  }

  /** What `make` does from now on. */
  make(script: string): void {
    writeFileSync(join(this.#folder, 'make'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** One for all stories of a section, which run one after the other and leave each other's jobs alone. */
export function sharedServerWithMake(): () => ServerWithMake {
  let server: ServerWithMake | undefined;
  beforeAll(async () => {
    server = await ServerWithMake.start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return () => {
    if (server === undefined) throw new Error('the server is not there before the first test');
    return server;
  };
}
