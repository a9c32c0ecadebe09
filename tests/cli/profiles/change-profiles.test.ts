/** Two commands that change the profiles at once. */
import { expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { changeProfiles } from '../../../src/cli/profiles/change-profiles.ts';
import { profilesPath, readProfiles, writeProfiles, type Profiles } from '../../../src/cli/connection/profiles-file.ts';
import { lockFile } from '../../../src/platform/files/file-lock.ts';
import { Sandbox, settle } from '../../support/sandbox.ts';

const envOf = (box: Sandbox) => ({ HOME: box.path, XDG_CONFIG_HOME: box.path, APPDATA: box.path });
const PROFILE = { url: 'http://127.0.0.1:1', key: 'k' };
const withOne =
  (name: string) =>
  ({ profiles }: Profiles): Profiles => ({ profiles: new Map(profiles).set(name, PROFILE) });

test('the second waits for the first, and begins with what that one has written', async () => {
  using box = new Sandbox();
  const env = envOf(box);
  mkdirSync(dirname(profilesPath(env)), { recursive: true });
  const first = lockFile(`${profilesPath(env)}.lock`);
  const second = changeProfiles(env, withOne('second'));
  await settle();
  writeProfiles(env, { profiles: new Map([['first', PROFILE]]), current: 'first' });
  first?.[Symbol.dispose]();
  expect((await second).ok).toBe(true);
  const kept = readProfiles(env);
  expect(kept.ok && [...kept.value.profiles.keys()]).toEqual(['first', 'second']);
});

test('what cannot be written is a refusal in one sentence', async () => {
  using box = new Sandbox();
  writeFileSync(box.file('file'), '');
  const env = { HOME: box.path, XDG_CONFIG_HOME: box.file('file'), APPDATA: box.file('file') };
  const changed = await changeProfiles(env, withOne('a'));
  expect(changed).toMatchObject({ failure: { message: expect.stringContaining('cannot be written') } });
});
