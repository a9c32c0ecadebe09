/**
 * Changes the file of profiles, one command at a time: of two that read it at once, the later one would write without what the
 * first has added. The lock beside the file ends with whoever holds it.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Environment } from '../../core/environment.ts';
import { fail, messageOf, ok, type Result } from '../../core/failure.ts';
import { lockFile } from '../../platform/files/file-lock.ts';
import {
  profilesPath,
  readProfiles,
  writeProfiles,
  type Profiles,
  type ProfilesFailure,
} from '../connection/profiles-file.ts';

/** A change takes a few milliseconds. */
const LOCK_TIMEOUT_MS = 10_000;
const LOOK_MS = 20;

/** `change` makes of those that are there now those to be kept; the answer is what it made. */
export async function changeProfiles(
  env: Environment,
  change: (now: Profiles) => Profiles,
): Promise<Result<Profiles, ProfilesFailure>> {
  const path = profilesPath(env);
  const unusable = (message: string) => fail({ reason: 'profiles-unusable', message } as const);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    using lock = await lockWithin(LOCK_TIMEOUT_MS, `${path}.lock`);
    if (lock === undefined) return unusable(`another command is changing ${path}; try again when it is done`);
    const now = readProfiles(env);
    if (!now.ok) return now;
    const changed = change(now.value);
    writeProfiles(env, changed);
    return ok(changed);
  } catch (error) {
    return unusable(`${path} cannot be written: ${messageOf(error)}`);
  }
}

async function lockWithin(patienceMs: number, path: string): Promise<Disposable | undefined> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = lockFile(path);
    if (lock !== undefined || performance.now() > deadline) return lock;
    await Bun.sleep(LOOK_MS);
  }
}
