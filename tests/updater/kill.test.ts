/** A process that is killed (-9) before each of its changes on a real disk; the power loss of crash.test.ts, for real. */
import { expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../src/core/log.ts';
import { executableFiles } from '../../src/platform/executable/index.ts';
import { durableFiles } from '../../src/platform/files/durable-files.ts';
import type { Installation } from '../../src/updater/installation.ts';
import { placeOf } from '../../src/updater/place.ts';
import { recover } from '../../src/updater/recover.ts';
import { readRecord, type Trial } from '../../src/updater/record.ts';
import { rollBack } from '../../src/updater/rollback.ts';
import { Sandbox } from '../support/sandbox.ts';

const PROGRAM = join(import.meta.dir, '../fixtures/dying-update.ts');

class World implements Disposable {
  readonly box = new Sandbox();
  readonly installation: Installation;
  readonly path = this.box.file('agent-server');

  constructor() {
    const place = placeOf(this.path, executableFiles.extension);
    for (const [path, version] of [
      [this.path, '1.0.0'],
      [place.fresh('2.0.0'), '2.0.0'],
    ] as const) {
      writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
      chmodSync(path, 0o755);
    }
    const identity = durableFiles.identity(this.path);
    this.installation = { place, identity, files: durableFiles, executable: executableFiles, log: silentLog };
  }

  /** True when it came through. */
  async change(what: 'swap' | 'roll-back', dyingBefore: number): Promise<boolean> {
    const cmd = [process.execPath, PROGRAM, this.path, String(dyingBefore), what];
    const child = Bun.spawn({ cmd, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
    const [code, said] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    if (code !== 0 && code !== 137) throw new Error(`it ended with ${code}: ${said}`);
    return code === 0;
  }

  /** What a start from the name gives. */
  get version(): string {
    return Bun.spawnSync([this.path]).stdout.toString().trim();
  }

  get record() {
    return readRecord(durableFiles, this.installation.place);
  }

  recover(): Promise<Trial | undefined> {
    return recover(this.installation, '/');
  }

  [Symbol.dispose](): void {
    this.box[Symbol.dispose]();
  }
}

test('whenever a swap is killed, a start gives the old version or the new one on trial', async () => {
  const outcomes: string[] = [];
  for (let step = 0; ; step++) {
    using world = new World();
    const done = await world.change('swap', step);
    expect(['1.0.0', '2.0.0']).toContain(world.version);
    const trial = await world.recover();
    expect(trial?.version ?? '1.0.0').toBe(world.version);
    expect(readFileSync(world.path, 'utf8')).toContain(world.version);
    outcomes.push(world.version);
    if (done) break;
  }
  // Removing what is in the way, the record, the second name: only after all of them is the new one in place.
  expect(outcomes).toEqual(['1.0.0', '1.0.0', '1.0.0', '1.0.0', '2.0.0']);
});

test('whenever a rollback is killed, a start gives the old version in the end', async () => {
  for (let step = 0; ; step++) {
    using world = new World();
    expect(await world.change('swap', Infinity)).toBe(true);
    const done = await world.change('roll-back', step);
    expect(['1.0.0', '2.0.0']).toContain(world.version);
    const trial = await world.recover();
    if (trial !== undefined) await rollBack(world.installation, trial, 'it hangs');
    expect(world.version).toBe('1.0.0');
    expect(world.record).toEqual({ seq: 2, issued: 2, bad: [{ version: '2.0.0', why: 'it hangs' }] });
    expect(existsSync(world.installation.place.old('1.0.0'))).toBe(false);
    if (done) break;
  }
});
