import { inProcess, liveServer } from '../support/doors.ts';
import { keysSuite } from '../contract/suite-keys.ts';
import { narrowKeysSuite, narrowSocketsSuite } from '../contract/suite-narrow-keys.ts';
import { describe } from 'bun:test';
for (const door of [inProcess, liveServer])
  describe(door.name, () => {
    keysSuite(door);
    narrowKeysSuite(door);
    if (door.mortal) narrowSocketsSuite(door);
  });
