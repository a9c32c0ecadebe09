/** Stories that need Windows, real or Wine's: one world and one driver for all of a file. */
import { afterAll, beforeAll, describe, test } from 'bun:test';
import { labMissing } from '../support/wine.ts';
import { World, type Driver } from './world.ts';

/** What stories are told on; both are there from the first of them on. */
export interface Lab {
  readonly world: World;
  readonly driver: Driver;
}

const NOT_YET = 'the lab is not open before the first test';

/** Where there is no lab, one line says so. */
export function inLab(title: string, stories: (lab: Lab) => void): void {
  const missing = labMissing();
  if (missing !== undefined) {
    console.log(`${title}: skipped, ${missing}`);
    test.skip(title, () => {});
    return;
  }
  describe(title, () => {
    let world: World | undefined;
    let driver: Driver | undefined;
    beforeAll(async () => {
      world = await World.open();
      driver = await world.driver();
    }, 120_000);
    afterAll(() => world?.[Symbol.asyncDispose]());
    stories({
      get world() {
        if (world === undefined) throw new Error(NOT_YET);
        return world;
      },
      get driver() {
        if (driver === undefined) throw new Error(NOT_YET);
        return driver;
      },
    });
  });
}
