/** The record of updates, as other versions and other hands may have left it. */
import { expect, test } from 'bun:test';
import { placeOf } from '../../src/updater/place.ts';
import { NOTHING_YET, readRecord, withBad, writeRecord } from '../../src/updater/record.ts';
import { MemoryDisk } from './memory-disk.ts';

const place = placeOf('/bin/agent-server', '');
const read = (text: string) => {
  const disk = new MemoryDisk();
  disk.put(place.record, text);
  return readRecord(disk, place);
};

test('what is written is read', () => {
  const disk = new MemoryDisk();
  const trial = {
    phase: 'rolling-back',
    version: '2.0.0',
    previous: '1.0.0',
    seq: 2,
    issued: 3,
    dataPath: '/data',
    startedAt: 5,
    starts: 1,
    why: 'it hangs',
  } as const;
  const record = { seq: 1, issued: 2, bad: [{ version: '1.5.0', why: 'so' }], trial };
  writeRecord(disk, place, record);
  expect(readRecord(disk, place)).toEqual(record);
  expect(disk.text(place.record)).toContain('"format": 1');
});

test('of a later format what this one knows is read, as after a rollback', () => {
  const later = {
    format: 2,
    seq: 9,
    issued: 10,
    bad: [{ version: '3.0.0', why: 'it hangs', since: 7, machine: 'x' }, { release: '4.0.0' }],
    trial: { stage: 'canary', version: '3.0.0' },
    history: [],
  };
  expect(read(JSON.stringify(later))).toEqual({ seq: 9, issued: 10, bad: [{ version: '3.0.0', why: 'it hangs' }] });
});

test.each(['', '{', 'null', '[]', '"x"', '7', '\u0000', '{"seq":-1,"bad":{},"trial":[]}', '{"seq":"9","issued":1.5}'])(
  '%j is no record',
  (text) => expect(read(text)).toEqual(NOTHING_YET),
);

test('a version that fails twice is told once', () => {
  const once = withBad(NOTHING_YET, { version: '2.0.0', why: 'first' });
  const twice = withBad(withBad(once, { version: '2.1.0', why: 'x' }), { version: '2.0.0', why: 'second' });
  expect(twice.bad).toEqual([
    { version: '2.1.0', why: 'x' },
    { version: '2.0.0', why: 'second' },
  ]);
});
