/** Whose a file is that takes the place of another one, where this process is not root. */
import { expect, test } from 'bun:test';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { giveTo } from '../../../src/files/write/give-to.ts';

const refusal = Object.assign(new Error('not permitted'), { code: 'EPERM' });
const owned = (uid: bigint, gid: bigint) => ({ uid, gid }) as BigIntStats;

/** A file of user 7, group 7, whose process is also in these groups. Whose it is in the end. */
async function given(old: BigIntStats, groups: readonly number[]): Promise<[number, number]> {
  let own: [number, number] = [7, 7];
  const file = {
    stat: async () => owned(...(own.map(BigInt) as [bigint, bigint])),
    chown: async (uid: number, gid: number) => {
      if (uid !== 7 || ![7, ...groups].includes(gid)) throw refusal;
      own = [uid, gid];
    },
  };
  await giveTo(file as unknown as FileHandle, old);
  return own;
}

test('another user’s file keeps its group, so that those in it can use it as before', async () => {
  expect(await given(owned(1n, 2n), [2])).toEqual([7, 2]);
  expect(await given(owned(7n, 2n), [2])).toEqual([7, 2]);
  expect(await given(owned(1n, 2n), [])).toEqual([7, 7]);
  expect(await given(owned(1n, 7n), [])).toEqual([7, 7]);
});
