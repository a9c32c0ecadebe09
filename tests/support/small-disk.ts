/** A disk of its own, a few megabytes small, that can be filled and cleared (Linux, as root). */
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'agent-server-disk-'));
  readonly whyNot: string | undefined;

  /** `options`: further ones of the mount. */
  constructor(options: string = '') {
    if (process.platform !== 'linux') {
      this.whyNot = 'it takes a tmpfs';
      return;
    }
    const mount = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', `size=8m${options}`, 'tmpfs', this.path]);
    this.whyNot = mount.exitCode === 0 ? undefined : mount.stderr.toString().trim() || 'mount failed';
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  /** Takes all the room there is, to the last byte. */
  fill(): void {
    for (const size of [65_536, 512, 1]) {
      try {
        for (;;) writeFileSync(join(this.path, 'ballast'), Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Full for this size.
      }
    }
  }

  clear(): void {
    rmSync(join(this.path, 'ballast'), { force: true });
  }

  [Symbol.dispose](): void {
    if (this.whyNot === undefined) Bun.spawnSync(['umount', '-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Why there can be none here, or undefined. */
export function smallDiskMissing(): string | undefined {
  using disk = new SmallDisk();
  return disk.whyNot;
}
