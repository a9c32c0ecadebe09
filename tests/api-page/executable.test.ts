/** Once more out of the executable: the page that build.ts embedded. */
import { expect, test } from 'bun:test';
import { inChromium } from '../console/chromium.ts';
import { onExecutable } from '../support/built-executable.ts';
import { executable } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

const title = 'the API page, executable';

onExecutable(title, (path) => {
  inChromium(title, (open) => {
    test('shows an operation with its sample', async () => {
      await using rig = await Rig.start(executable(path));
      await using watched = await open(`${rig.url}/openapi`);
      const { page } = watched;
      await page.getByRole('button', { name: /Open Group - Jobs/ }).click();
      await page.getByRole('link', { name: /Runs a command as a job/ }).click();
      await page.getByText(`"${rig.url}/exec"`).waitFor();
      expect(await page.evaluate<string>('origin')).toBe('null');
    });
  });
});
