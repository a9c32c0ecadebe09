/** A server that does not answer: the page says so everywhere, asks seldom, and goes on by itself. */
import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);

inChromium('the console page: a server that does not answer', (open) => {
  test('every list that was never loaded says why it is empty, and is there when the server is', async () => {
    await rig().run('echo listed later');
    await using watched = await open(`${rig().url}/#/server`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByText('Not available').first().waitFor();
    await page.context().setOffline(true);
    await page.getByText('The server does not answer').waitFor();
    for (const view of ['Terminals', 'Agents', 'Sessions', 'Jobs']) {
      await page.getByRole('link', { name: view }).click();
      await page.getByText('The list appears when the server answers').waitFor();
      expect(await page.getByRole('button', { name: 'Show older jobs' }).isVisible()).toBe(false);
    }
    await page.context().setOffline(false);
    await page.locator('.rows').getByText('echo listed later').waitFor();
    expect(await page.getByText('The list appears when the server answers').count()).toBe(0);
  });

  test.each([
    ['a finished job', async () => (await rig().run('echo done')).jobId],
    ['a running job', async () => rig().exec(`sleep ${rig().marker()}`)],
  ])('with %s on the page, requests that fail become rarer, and Try now asks at once', async (_what, make) => {
    await using watched = await open(`${rig().url}/#/jobs/${await make()}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.rows a').first().waitFor();
    const failed: number[] = [];
    page.on('requestfailed', (request) => {
      if (new URL(request.url()).pathname === '/health') failed.push(performance.now());
    });
    // Not by setOffline: a browser that is online again tells the page, which then asks by itself.
    await page.route('**/*', (route) => route.abort());
    // The rooms that ask by themselves are silent; what is left is one request, which waits longer each time.
    await waitFor('the fourth look for the server', () => failed.length >= 4 && failed);
    const pauses = failed.slice(1, 4).map((at, index) => at - (failed[index] ?? 0));
    expect(pauses[2]).toBeGreaterThan(pauses[0] ?? Infinity);
    await page.unroute('**/*');
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('Connected').waitFor();
  });
});
