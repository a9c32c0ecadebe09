/** What earlier updates have left is removed once nothing runs from it any more, and not in the middle of another update. */
import { expect, test } from 'bun:test';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import { placeOf } from '../../src/updater/place.ts';
import { removeLeftovers } from '../../src/updater/leftovers.ts';
import { silentLog } from '../../src/core/log.ts';
import { FakeClock } from '../support/sandbox.ts';
import { MemoryDisk } from './memory-disk.ts';

const LEFT = '/bin/agent-server.new-2.0.0';

function world() {
  const files = new MemoryDisk();
  const place = placeOf('/bin/agent-server', posixExecutable.extension);
  files.put(place.executable, 'v1');
  files.put(LEFT, 'v2');
  const said: string[] = [];
  const log = { ...silentLog, info: (text: string) => void said.push(text) };
  const identity = files.identity(place.executable);
  return {
    files,
    clock: new FakeClock(),
    said,
    installation: { files, place, identity, executable: posixExecutable, log },
  };
}
const free = (): Disposable => ({ [Symbol.dispose]() {} });

test('what is in use now is removed later, and reported once', () => {
  const { files, clock, said, installation } = world();
  files.refuse = () => 'EBUSY';
  using _ = removeLeftovers(installation, free, clock);
  for (let look = 0; look < 20; look += 1) clock.advance(3_600_000);
  expect(files.exists(LEFT)).toBe(true);
  files.refuse = () => undefined;
  clock.advance(3_600_000);
  expect(files.exists(LEFT)).toBe(false);
  expect(said).toEqual(['files of earlier updates are still in use']);
  expect(clock.pending).toBe(0);
});

test('a moment is enough for what has just been killed', () => {
  const { files, clock, installation } = world();
  files.refuse = () => 'EBUSY';
  using _ = removeLeftovers(installation, free, clock);
  files.refuse = () => undefined;
  clock.advance(1000);
  expect(files.exists(LEFT)).toBe(false);
});

test('the files of an update that runs are left alone', () => {
  const { files, clock, installation } = world();
  let updating = true;
  using _ = removeLeftovers(installation, () => (updating ? undefined : free()), clock);
  clock.advance(1000);
  expect(files.exists(LEFT)).toBe(true);
  updating = false;
  clock.advance(2000);
  expect(files.exists(LEFT)).toBe(false);
});

test('nobody looks when the server has gone', () => {
  const { files, clock, installation } = world();
  files.refuse = () => 'EBUSY';
  removeLeftovers(installation, free, clock)[Symbol.dispose]();
  expect(clock.pending).toBe(0);
});
