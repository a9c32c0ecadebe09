/** Whether files can be made in a folder, as `/health` asks it of the data folder. */
import { expect, test } from 'bun:test';
import { win32 } from 'node:path';
import { inLab } from './in-lab.ts';

inLab('a folder on Windows', (lab) => {
  test('that can be written, and is asked again and again, leaves no handle open', async () => {
    const folder = lab.world.makeFolder('data ü');
    expect(await lab.driver.call('whyNotWritable', folder)).toBeNull();
    const before = await lab.driver.call('handleCount');
    for (let n = 0; n < 50; n += 1) await lab.driver.call('whyNotWritable', folder);
    expect(await lab.driver.call('handleCount')).toBeLessThan(before + 50);
  });

  test('that is not there is none to write to', async () => {
    const folder = win32.join(lab.world.folder.native, 'gone');
    expect(await lab.driver.call('whyNotWritable', folder)).toMatch(/^CreateFileW failed with Windows error [23]$/);
  });
});
