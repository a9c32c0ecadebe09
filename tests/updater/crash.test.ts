/** The power goes before every single change on the disk, and comes back: there is always a verified executable. */
import { describe, expect, test } from 'bun:test';
import { messageOf } from '../../src/core/failure.ts';
import { silentLog } from '../../src/core/log.ts';
import type { ExecutableFiles } from '../../src/platform/executable/executable.ts';
import { posixExecutable } from '../../src/platform/executable/posix.ts';
import { windowsExecutable } from '../../src/platform/executable/windows.ts';
import type { Installation } from '../../src/updater/installation.ts';
import { placeOf } from '../../src/updater/place.ts';
import { sweep } from '../../src/updater/leftovers.ts';
import { recover } from '../../src/updater/recover.ts';
import { readRecord, type Trial } from '../../src/updater/record.ts';
import { commit, rollBack } from '../../src/updater/rollback.ts';
import { swap } from '../../src/updater/swap.ts';
import { MemoryDisk, PowerLoss } from './memory-disk.ts';

const DATA = '/data';
const PATH = '/bin/agent-server';

class World {
  readonly disk = new MemoryDisk();
  readonly installation: Installation;

  constructor(executable: ExecutableFiles, name = PATH) {
    const place = placeOf(name, executable.extension);
    this.disk.put(place.executable, 'v1');
    this.disk.put(place.fresh('2.0.0'), 'v2');
    this.disk.put(DATA, '');
    const identity = this.disk.identity(place.executable);
    this.installation = { place, identity, files: this.disk, executable, log: silentLog };
  }

  get atName(): string | undefined {
    return this.disk.text(this.installation.place.executable);
  }

  get record() {
    return readRecord(this.disk, this.installation.place);
  }

  swap() {
    return swap(this.installation, {
      version: '2.0.0',
      seq: 7,
      issued: 700,
      previous: '1.0.0',
      dataPath: DATA,
      now: 1000,
    });
  }

  recover(dataPath = DATA): Promise<Trial | undefined> {
    return recover(this.installation, dataPath);
  }

  /** A trial that runs, with nothing lost so far. */
  async onTrial(): Promise<Trial> {
    expect(await this.swap()).toMatchObject({ ok: true });
    const trial = await this.recover();
    if (trial === undefined) throw new Error('there is no trial');
    return trial;
  }
}

/** Carries out `act` again and again, dying one change later each time, until it comes through. */
async function dyingEverywhere(
  act: (world: World) => Promise<void>,
  after: (world: World, died: boolean) => Promise<void>,
  make: () => Promise<World>,
) {
  for (let survived = 0; ; survived++) {
    const world = await make();
    world.disk.calls = 0;
    world.disk.diesAt = survived;
    let died = false;
    try {
      await act(world);
    } catch (error) {
      if (!(error instanceof PowerLoss)) throw error;
      died = true;
    }
    died ||= world.disk.calls > survived;
    world.disk.diesAt = Infinity;
    await after(world, died);
    if (!died) return survived;
  }
}

const SYSTEMS = { POSIX: posixExecutable, Windows: windowsExecutable, 'no hard links': posixExecutable } as const;

describe.each(Object.entries(SYSTEMS))('%s', (system, executable) => {
  const make = async () => {
    const world = new World(executable, system === 'Windows' ? `${PATH}.exe` : PATH);
    if (system === 'no hard links') world.disk.refuse = (what) => (what === 'link' ? 'EPERM' : undefined);
    return world;
  };

  test('a swap that dies anywhere is either done or not begun', async () => {
    const changes = await dyingEverywhere(
      async (world) => void (await world.swap()),
      async (world, died) => {
        if (system === 'POSIX') expect(world.atName).toBeDefined();
        const trial = await world.recover();
        if (trial === undefined) {
          expect(died).toBe(true);
          expect(world.atName).toBe('v1');
          // The same manifest is accepted once more.
          expect(world.record).toEqual({ seq: 0, issued: 0, bad: [] });
          sweep(world.installation);
          const { place } = world.installation;
          expect(world.disk.names.filter((name) => name !== place.record && name !== DATA)).toEqual([place.executable]);
        } else {
          expect(trial).toMatchObject({ version: '2.0.0', previous: '1.0.0', phase: 'running' });
          expect(world.atName).toBe('v2');
          expect(world.disk.text(world.installation.place.old('1.0.0'))).toBe('v1');
          expect(world.record).toMatchObject({ seq: 7, issued: 700 });
        }
      },
      make,
    );
    expect(changes).toBeGreaterThan(3);
  });

  test('a rollback that dies anywhere is finished by the next start', async () => {
    const changes = await dyingEverywhere(
      (world) => rollBack(world.installation, world.record.trial as Trial, 'it hangs'),
      async (world) => {
        if (system === 'POSIX') expect(world.atName).toBeDefined();
        const trial = await world.recover();
        // Where even its beginning was not noted, the trial goes on, and fails again.
        if (trial !== undefined) await rollBack(world.installation, trial, 'it hangs');
        expect(world.atName).toBe('v1');
        expect(world.record).toEqual({ seq: 7, issued: 700, bad: [{ version: '2.0.0', why: 'it hangs' }] });
      },
      async () => {
        const world = await make();
        await world.onTrial();
        return world;
      },
    );
    expect(changes).toBeGreaterThan(2);
  });

  test('a trial that ends well and dies anywhere leaves the new version', async () => {
    await dyingEverywhere(
      async (world) => commit(world.installation, world.record.trial as Trial),
      async (world) => {
        const trial = await world.recover();
        if (trial !== undefined) commit(world.installation, trial);
        sweep(world.installation);
        expect(world.atName).toBe('v2');
        expect(world.record).toEqual({ seq: 7, issued: 700, bad: [] });
        expect(world.disk.exists(world.installation.place.old('1.0.0'))).toBe(false);
      },
      async () => {
        const world = await make();
        await world.onTrial();
        return world;
      },
    );
  });

  test('a swap in which any call fails changes nothing', async () => {
    const whole = await make();
    await whole.swap();
    const changes = whole.disk.calls;
    for (let failing = 0; failing < changes; failing++) {
      const world = await make();
      const before = world.disk.refuse;
      let call = 0;
      world.disk.refuse = (what, path) => (call++ === failing ? 'EIO' : before(what, path));
      const swapped = await world.swap();
      if (swapped.ok) continue;
      expect(swapped.failure).toMatchObject({ reason: 'swap-failed' });
      expect(world.atName).toBe('v1');
      expect(world.record).toEqual({ seq: 0, issued: 0, bad: [] });
      expect(world.disk.exists(world.installation.place.old('1.0.0'))).toBe(false);
    }
  });
});

test('a full disk does not keep the old version from coming back', async () => {
  const world = new World(posixExecutable);
  const trial = await world.onTrial();
  world.disk.refuse = (what) => (what === 'write' ? 'ENOSPC' : undefined);
  expect(await rollBack(world.installation, trial, 'it hangs').catch(messageOf)).toContain('ENOSPC');
  expect(world.atName).toBe('v1');
});

test('without an executable the one that a trial would go back to is put back, else the newest', async () => {
  const world = new World(windowsExecutable, `${PATH}.exe`);
  const { place } = world.installation;
  const files = (versions: readonly string[]) => {
    for (const version of versions) world.disk.put(place.old(version), version);
    world.disk.remove(place.executable);
  };
  files(['1.9.0', '1.10.0', '1.2.0']);
  await world.recover();
  expect(world.atName).toBe('1.10.0');
  const other = new World(windowsExecutable, `${PATH}.exe`);
  await other.onTrial();
  other.disk.put(place.old('3.0.0'), '3.0.0');
  other.disk.remove(place.executable);
  await other.recover();
  expect(other.atName).toBe('v1');
});

test('a trial of another server of the same executable is left alone', async () => {
  const world = new World(posixExecutable);
  await world.swap();
  expect(await world.recover('/other-data')).toBeUndefined();
  expect(world.record.trial).toMatchObject({ phase: 'swapping' });
});

test('a version that cannot go back, since the old executable is gone, stays', async () => {
  const world = new World(posixExecutable);
  const trial = await world.onTrial();
  world.disk.remove(world.installation.place.old('1.0.0'));
  await rollBack(world.installation, trial, 'it hangs');
  expect(world.atName).toBe('v2');
  // It is what runs here: it is not told to be bad.
  expect(world.record).toEqual({ seq: 7, issued: 700, bad: [] });
});

test('an executable that was installed by hand during the trial stays, and the trial is over', async () => {
  for (const act of ['recover', 'roll back'] as const) {
    const world = new World(posixExecutable);
    const trial = await world.onTrial();
    world.disk.put(world.installation.place.executable, 'by hand');
    if (act === 'recover') expect(await world.recover()).toBeUndefined();
    else await rollBack(world.installation, trial, 'it hangs');
    expect(world.atName).toBe('by hand');
    expect(world.record).toEqual({ seq: 7, issued: 700, bad: [] });
  }
});

test('a trial stands in the way of another update of the same executable', async () => {
  const world = new World(posixExecutable);
  await world.onTrial();
  expect(await world.swap()).toEqual({ ok: false, failure: { reason: 'other-trial', version: '2.0.0' } });
  expect(world.disk.text(world.installation.place.old('1.0.0'))).toBe('v1');
});

test('a server whose executable was replaced does not replace that', async () => {
  const world = new World(posixExecutable);
  world.disk.put(world.installation.place.executable, 'by hand');
  expect(await world.swap()).toEqual({ ok: false, failure: { reason: 'replaced' } });
});

test('the trial of a server whose data folder is gone is over', async () => {
  const world = new World(posixExecutable);
  await world.onTrial();
  world.disk.remove(DATA);
  await world.recover('/other-data');
  expect(world.record.trial).toBeUndefined();
});

test('a version that the machine did not let start may come again', async () => {
  const world = new World(posixExecutable);
  const trial = await world.onTrial();
  await rollBack(world.installation, trial, 'it ended with exit code 1', 'machine');
  expect(world.atName).toBe('v1');
  expect(world.record).toEqual({ seq: 0, issued: 0, bad: [] });
});

test('only files of updates are swept up', async () => {
  const world = new World(posixExecutable);
  const { place } = world.installation;
  const others = [
    'agent-server.old',
    'agent-server.old-notes',
    'agent-server.new-',
    'agent-server.old-1.0.0.tar',
    'other.old-1.0.0',
    'agent-server.old-1.0',
  ];
  for (const name of [...others, 'agent-server.old-0.9.0', 'agent-server.new-3.0.0-beta.1'])
    world.disk.put(`/bin/${name}`, '');
  sweep(world.installation);
  expect(world.disk.names).toEqual([place.executable, ...others.map((name) => `/bin/${name}`), DATA].toSorted());
});
