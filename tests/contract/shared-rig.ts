/** One rig for all stories of a section: they leave each other's jobs alone. */
import { afterAll, beforeAll } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { Rig, type RigOptions } from '../support/rig.ts';

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
