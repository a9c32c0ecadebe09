/** A server on whose machine `make`, which the documents run, is a script of the story. */
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

  static async start(make: string, options: RigOptions = {}): Promise<ServerWithMake> {
    const folder = mkdtempSync(join(tmpdir(), 'agent-server-make-'));
    writeFileSync(join(folder, 'make'), `#!/bin/sh\n${make}\n`, { mode: 0o755 });
    return new ServerWithMake(await Rig.start(liveServer, { ...options, env: liveServer.programsIn(folder) }), folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
