/** Once more out of the executable: the page that build.ts embedded, and what it loads later. */
import { expect, test } from 'bun:test';
import type { TerminalResource } from '../../src/protocol/terminal.ts';
import { onExecutable } from '../support/built-executable.ts';
import { executable } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { inChromium } from './chromium.ts';
import { openTerminal } from './terminal-page.ts';

const title = 'the console page, executable';

onExecutable(title, (path) => {
  inChromium(title, (open) => {
    test('runs a command, and a terminal', async () => {
      await using rig = await Rig.start(executable(path));
      const { id } = await rig.post<TerminalResource>('/terminals', { shell: 'sh' });
      await using shown = await openTerminal(open, rig.url, rig.key, id);
      const { page } = shown.watched;
      await shown.type('echo $((6 * 7))-in-the-terminal\n');
      await shown.shows(/^42-in-the-terminal/m);
      await page.getByRole('link', { name: 'Jobs' }).click();
      await page.getByLabel('Command to run').fill('echo $((6 * 7))-as-a-job');
      await page.keyboard.press('Enter');
      const output = page.getByRole('region', { name: 'Output' });
      await output.getByText('42-as-a-job', { exact: true }).waitFor();
      await page.locator('.detail .badge').getByText('Completed').waitFor();
      expect(await rig.get<unknown[]>('/jobs')).toHaveLength(1);
    });
  });
});
