import { afterAll, beforeAll } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { Door } from '../support/doors.ts';
import { Rig, type RigOptions } from '../support/rig.ts';

/** One rig for all stories of a section: they leave each other's jobs alone. */
export function sharedRig(door: Door, options: RigOptions = {}): () => Rig {
  let rig: Rig | undefined;
  beforeAll(async () => {
    rig = await Rig.start(door, options);
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
  });
  return () => {
    if (rig === undefined) throw new Error('the rig is not there before the first test');
    return rig;
  };
}

/** A file of this content in the rig's world; its path as a command spells it. */
export function fileWith(rig: Rig, content: string | Uint8Array): string {
  const path = rig.path(`file-${crypto.randomUUID()}`);
  writeFileSync(path, content);
  return rig.door.nativePath(path);
}
