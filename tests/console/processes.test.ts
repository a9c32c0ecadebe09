/** The processes of the machine in the console: which there are, what each is, and the end of one. */
import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import type { ProcessList } from '../../src/protocol/processes.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { addKey } from '../contract/suite-keys.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { FAINT, STICKING_OUT } from './looks.ts';

const rig = sharedRig(liveServer);

const PHONE = { viewport: { width: 360, height: 700 }, hasTouch: true, isMobile: true };

const linkTo = (pid: number): string => `:is(a[href="#/machine/${pid}"], a[href^="#/machine/${pid}?"])`;
const rowOf = (page: Page, pid: number) => page.locator(`.processes ${linkTo(pid)}`);

/** The process that has the marker as an argument, as soon as the server lists it. */
const listed = (marker: string, argument = marker) =>
  waitFor('the process', async () => {
    const { items } = await rig().get<ProcessList>('/processes');
    return items.find(({ args = [] }) => args.includes(marker) && args.includes(argument));
  });

inChromium('the console page: processes', (open) => {
  test('those of jobs as a tree, all of them on demand, found by text; one of them leads to its job', async () => {
    const marker = rig().marker();
    const jobId = await rig().exec(`sleep ${marker} & wait`);
    const { pid, ppid } = await listed(marker, 'sleep');
    await using watched = await open(`${rig().url}/#/machine`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await rowOf(page, pid).waitFor();
    const levelOf = (one: number) => page.locator(`.processes li:has(> ${linkTo(one)})`).getAttribute('aria-level');
    expect(Number(await levelOf(pid))).toBe(Number(await levelOf(ppid)) + 1);
    // This test runs on the same machine, and no job has started it.
    expect(await rowOf(page, process.pid).count()).toBe(0);
    await page.getByLabel('All processes').check();
    await rowOf(page, process.pid).waitFor();
    expect(page.url()).toEndWith('#/machine?all=1');
    await page.getByLabel('As a tree').uncheck();
    await page.getByLabel('Order').selectOption('By memory');
    expect(page.url()).toEndWith('#/machine?all=1&flat=1&sort=memory');
    await waitFor('a flat list', async () => (await page.locator('.processes a[data-depth]').count()) === 0);
    await page.getByLabel('Find processes').fill(`SLEEP ${marker}`);
    await waitFor('those that fit', async () => (await page.locator('.processes a').count()) < 6);
    await page.getByLabel('Find processes').fill(String(pid));
    await waitFor('the one that fits', async () => (await page.locator('.processes a').count()) === 1);
    await rowOf(page, pid).click();
    expect(await page.getByLabel('Command line').innerText()).toBe(`sleep ${marker}`);
    await page.reload();
    await page.getByLabel('Command line').waitFor();
    expect(await page.getByLabel('Find processes').inputValue()).toBe(String(pid));
    await page.locator('.process-facts').getByRole('link', { name: jobId }).click();
    await page.locator('.job .job-id').getByText(jobId).waitFor();
    await rig().post(`/jobs/${jobId}/cancel`);
  });

  test('one is asked to end, and killed where that does not help', async () => {
    const marker = rig().marker();
    const ready = rig().gate();
    const stubborn = `trap "" TERM; : > ${ready.path}; while :; do sleep 0.05; done`;
    const { jobId } = await rig().post<{ jobId: string }>('/exec', {
      mode: 'process',
      argv: ['sh', '-c', stubborn, 'sh', marker],
    });
    const { pid } = await listed(marker);
    await waitFor('the trap to be set', () => Bun.file(ready.path).exists());
    await using watched = await open(`${rig().url}/#/machine/${pid}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'End', exact: true }).press('Enter');
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain(marker);
    // A second Enter changes nothing.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Kill' }).count()).toBe(0);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await dialog.getByRole('button', { name: 'End the process' }).click();
    await page.getByText('It was asked to end, and is still there.').waitFor();
    expect(rig().alive(pid)).toBe(true);
    await page.getByRole('button', { name: 'Kill', exact: true }).click();
    await dialog.getByRole('button', { name: 'Kill the process' }).click();
    await waitFor('its end', () => !rig().alive(pid));
    await page.locator('.process .badge').getByText('Ended').waitFor();
    await page.locator('.process-facts').getByRole('link', { name: jobId }).waitFor();
    expect(await page.getByRole('button', { name: /^(End|Kill)$/ }).count()).toBe(0);
    await rowOf(page, pid).waitFor({ state: 'detached' });
  });

  test('a number that is another process’s by then is not signalled', async () => {
    const marker = rig().marker();
    const jobId = await rig().exec(`exec sleep ${marker}`);
    const { pid } = await listed(marker);
    await using watched = await open(`${rig().url}/#/machine/${pid}`);
    const { page } = watched;
    // As if the page had seen an earlier one of this number.
    await page.route(`**/processes/${pid}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({
        response: answer,
        json: { ...((await answer.json()) as object), startTime: 'an earlier one' },
      });
    });
    await watched.unlock(rig().key);
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the process' }).click();
    await page.locator('.notice').getByText('startTime differs').waitFor();
    expect(rig().alive(pid)).toBe(true);
    await page.unroute(`**/processes/${pid}`);
    await page.getByText('is another one’s by now').waitFor();
    await rig().post(`/jobs/${jobId}/cancel`);
  });

  test('a key that may only look is offered no end', async () => {
    const marker = rig().marker();
    const jobId = await rig().exec(`exec sleep ${marker}`);
    const { pid } = await listed(marker);
    const { key } = await addKey(rig(), ['observe']);
    await using watched = await open(`${rig().url}/#/machine/${pid}`);
    const { page } = watched;
    await watched.unlock(key);
    await page.locator('.process-facts').getByText(jobId).waitFor();
    expect(await page.locator('.process').getByRole('button').count()).toBe(0);
    await rig().post(`/jobs/${jobId}/cancel`);
  });

  test('what a process calls itself is text, in one line and in its order', async () => {
    const marker = rig().marker();
    const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const argv = ['sh', '-c', `sleep ${marker}; :`, `${evil}\n\u202eTURNED`, marker];
    const { jobId } = await rig().post<{ jobId: string }>('/exec', { mode: 'process', argv });
    const { pid } = await listed(marker);
    await using watched = await open(`${rig().url}/#/machine`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const title = rowOf(page, pid).locator('.row-title');
    await title.waitFor();
    expect(await title.textContent()).toEndWith(`sh -c sleep ${marker}; : ${evil} \ufffdTURNED ${marker}`);
    expect((await title.boundingBox())?.height).toBeLessThan(24);
    await rowOf(page, pid).click();
    await page.getByLabel('Command line').getByText('TURNED').waitFor();
    await page.getByRole('button', { name: 'End', exact: true }).click();
    await page.getByRole('dialog').getByText('TURNED').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('document.body.innerText')).not.toContain('\u202e');
    expect(await page.title()).not.toContain('owned');
    await rig().post(`/jobs/${jobId}/cancel`);
  });

  test('a thousand of them: what is the same is not touched, and a refresh lays the page out a few times', async () => {
    let round = 0;
    await using watched = await open(`${rig().url}/#/machine?all=1&flat=1&sort=cpu`);
    const { page } = watched;
    await page.route('**/processes?*', (route) => route.fulfill({ json: thousand((round += 1)) }));
    await watched.unlock(rig().key);
    await page.locator('.processes a').nth(999).waitFor({ state: 'attached' });
    await rowOf(page, 1500).focus();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const layouts = async () => {
      const { metrics } = await cdp.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'LayoutCount')?.value ?? 0;
    };
    await page.evaluate(`globalThis.changes = 0; new MutationObserver((all) => (changes += all.length))
      .observe(document.querySelector('.processes'), { childList: true, subtree: true, characterData: true, attributes: true })`);
    const [before, seen] = [await layouts(), round];
    await waitFor('a refresh', () => round > seen + 1);
    await rowOf(page, 1000 + ((round * 7) % 1000)).waitFor({ state: 'attached' });
    const refreshes = round - seen;
    // One process is busy in each round: it goes to the top, and the one before goes back to its place.
    expect(await page.evaluate<number>('changes')).toBeLessThan(refreshes * 30);
    expect((await layouts()) - before).toBeLessThan(refreshes * 60);
    expect(await page.evaluate('document.activeElement.hash')).toStartWith('#/machine/1500');
    // Those out of sight are not drawn.
    expect(
      await page.evaluate(
        `[...document.querySelectorAll('.processes li')].filter((one) => one.firstChild.checkVisibility({ contentVisibilityAuto: true })).length`,
      ),
    ).toBeLessThan(200);
  });

  test('on a phone list and process are one behind the other, and nothing sticks out or is faint', async () => {
    const marker = rig().marker();
    const jobId = await rig().exec(`exec sleep ${marker}`);
    const { pid } = await listed(marker);
    for (const colorScheme of ['light', 'dark'] as const) {
      await using watched = await open(`${rig().url}/#/machine`, { ...PHONE, colorScheme });
      const { page } = watched;
      await watched.unlock(rig().key);
      await rowOf(page, pid).waitFor();
      const look = async () => [
        await page.evaluate<string[]>(STICKING_OUT),
        await page.evaluate<string[]>(FAINT),
        await page.evaluate('document.documentElement.scrollWidth'),
      ];
      expect(await look()).toEqual([[], [], 360]);
      await rowOf(page, pid).click();
      await page.locator('.process-facts').getByText(jobId).waitFor();
      expect(await page.locator('.side').isVisible()).toBe(false);
      expect(await look()).toEqual([[], [], 360]);
      await page.getByRole('link', { name: 'Back to the list' }).click();
      await rowOf(page, pid).waitFor();
    }
    await rig().post(`/jobs/${jobId}/cancel`);
  });
});

/** As sorted by CPU: in each round another one is busy. */
function thousand(round: number): ProcessList {
  const busy = 1000 + ((round * 7) % 1000);
  const items = Array.from({ length: 1000 }, (_, index) => ({
    pid: 1000 + index,
    ppid: 1,
    name: 'worker',
    command: `worker --number ${index}`,
    user: 'root',
    startedAt: 1_700_000_000,
    startTime: `mark-${index}`,
    cpu: 1000 + index === busy ? 90 : 0,
    memory: 1_000_000,
    status: 'sleeping' as const,
    threads: 1,
  }));
  return { items: items.toSorted((a, b) => b.cpu - a.cpu), total: 1000 };
}
