/** The list of jobs: what it is filtered by is in the address, all of it can be reached, and the chosen job stays chosen. */
import { expect, test } from 'bun:test';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer, { flags: { 'max-jobs': '2' } });

inChromium('the console page: the list of jobs', (open) => {
  test('another view and back: the job is still chosen, and so is the filter', async () => {
    const { jobId } = await rig().run('echo chosen; exit 1');
    await using watched = await open(`${rig().url}/#/jobs`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.getByLabel('Status', { exact: true }).selectOption('Failed');
    expect(page.url()).toEndWith('#/jobs?status=failed');
    await page.locator(`.rows a[href*="${jobId}"]`).click();
    await page.getByRole('region', { name: 'Output' }).getByText('chosen').waitFor();
    const address = page.url();
    expect(address).toEndWith(`#/jobs/${jobId}?status=failed`);
    for (const leave of [() => page.keyboard.press('2'), () => page.getByRole('link', { name: 'Terminals' }).click()]) {
      await leave();
      await page
        .locator('.top nav [aria-current]')
        .getByText(/Sessions|Terminals/)
        .waitFor();
      await page.getByRole('link', { name: 'Jobs' }).click();
      await page.getByRole('region', { name: 'Output' }).getByText('chosen').waitFor();
      expect(page.url()).toBe(address);
    }
    await page.reload();
    await page.getByRole('region', { name: 'Output' }).getByText('chosen').waitFor();
    expect(await page.getByLabel('Status', { exact: true }).inputValue()).toBe('failed');
    // The link of the view that is shown leads to its list.
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByText('No job chosen').waitFor();
    // Back goes through jobs and filters as they were.
    await page.goBack();
    await page.getByRole('region', { name: 'Output' }).getByText('chosen').waitFor();
  });

  test('each status can be asked for by itself, cancelled and waiting ones too', async () => {
    const failed = await rig().run('exit 3');
    const cancelled = await rig().exec(`sleep ${rig().marker()}`);
    await rig().post(`/jobs/${cancelled}/cancel`, {});
    await rig().finished(cancelled);
    const running = await Promise.all([1, 2].map(() => rig().exec(`sleep ${rig().marker()}`)));
    const pending = await rig().exec('echo waits for a place');
    await using watched = await open(`${rig().url}/#/jobs?status=pending`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const shown = async (status: string) => {
      await page.getByLabel('Status', { exact: true }).selectOption(status);
      return waitFor(`the ${status} jobs`, async () => {
        const marks = await page.locator('.rows .row-mark').allInnerTexts();
        const hashes = await page.locator('.rows a').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
        const wanted = status === 'Waiting' ? 'Waiting' : status;
        return marks.length > 0 && marks.every((mark) => mark === wanted) && hashes.join();
      });
    };
    expect(await shown('Waiting')).toContain(pending);
    for (const id of running) expect(await shown('Running')).toContain(id);
    expect(await shown('Cancelled')).toContain(cancelled);
    expect(await shown('Failed')).toContain(failed.jobId);
    for (const id of running) await rig().post(`/jobs/${id}/cancel`, {});
  });

  test('a job is found by a part of its command, however many came after it', async () => {
    const { jobId } = await rig().run('echo "A Needle of its own"');
    for (let count = 0; count < 40; count += 1) await rig().exec(`echo hay ${count}`);
    await using watched = await open(`${rig().url}/#/jobs`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await page.locator('.rows a').nth(20).waitFor();
    await page.getByLabel('Find in commands').fill('a needle OF');
    await waitFor('the one that fits', async () => (await page.locator('.rows a').count()) === 1);
    await page.locator('.rows a').click();
    await page.getByRole('region', { name: 'Output' }).getByText('A Needle of its own').waitFor();
    expect(page.url()).toEndWith(`#/jobs/${jobId}?find=a+needle+OF`);
    await page.getByLabel('Find in commands').fill('%_[');
    await page.getByText('No matching jobs').waitFor();
    await page.getByRole('button', { name: 'Show all jobs' }).click();
    await page.locator('.rows a').nth(20).waitFor();
    expect(await page.getByLabel('Find in commands').inputValue()).toBe('');
  });

  test('three hundred jobs are reached by scrolling alone', async () => {
    for (let count = 0; count < 10; count += 1)
      await Promise.all(Array.from({ length: 30 }, (_, index) => rig().exec(`: many ${count * 30 + index}`)));
    await using watched = await open(`${rig().url}/#/jobs?find=many`);
    const { page } = watched;
    await watched.unlock(rig().key);
    const rows = page.locator('.rows a');
    await rows.first().waitFor();
    await waitFor('all of them', async () => {
      await page.evaluate(`document.querySelector('.list').scrollTo(0, 1e9)`);
      return (await rows.count()) === 300 && (await page.getByRole('button', { name: 'Show older jobs' }).isHidden());
    });
  });
});
