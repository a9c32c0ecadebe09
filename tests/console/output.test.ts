import { expect, test } from 'bun:test';
import type { Page } from 'playwright-core';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';

const rig = sharedRig(liveServer);
const COPIES = { permissions: ['clipboard-read', 'clipboard-write'] };

const copied = (page: Page) => page.evaluate<string>('navigator.clipboard.readText()');
const outputOf = (page: Page) => page.getByRole('region', { name: 'Output' });
const scrollTo = (page: Page, share: number) =>
  page.evaluate(
    `(() => { const one = document.querySelector('.output-scroller'); one.scrollTop = (one.scrollHeight - one.clientHeight) * ${share}; })()`,
  );
/** The first line that can be seen, as its text. */
const firstSeen = (page: Page) =>
  page.evaluate<string>(`(() => {
    const top = document.querySelector('.output-scroller').getBoundingClientRect().top;
    return [...document.querySelectorAll('.line')].find((one) => one.getBoundingClientRect().bottom > top + 2)?.innerText ?? '';
  })()`);

inChromium('the output of a job on the page', (open) => {
  const shown = async (command: string, options = {}, address = '') => {
    const id = await rig().exec(command);
    await rig().finished(id);
    const watched = await open(`${rig().url}/#/jobs/${id}${address}`, { ...COPIES, ...options });
    await watched.unlock(rig().key);
    await watched.page.locator('.line').first().waitFor();
    return watched;
  };
  const copyAll = async (page: Page) => {
    await page.getByRole('button', { name: 'Copy the output' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    return copied(page);
  };

  test('a long output: its end, its beginning and its middle, with few of its lines on the page', async () => {
    await using watched = await shown('seq -f "line %.0f" 1 700000');
    const { page } = watched;
    const output = outputOf(page);
    await output.getByText('line 700000', { exact: true }).waitFor();
    expect(await output.getByText('line 700000', { exact: true }).isVisible()).toBe(true);
    await scrollTo(page, 0);
    await output.getByText('line 1', { exact: true }).waitFor();
    await waitFor('the first line at the top', async () => (await firstSeen(page)) === 'line 1');
    await scrollTo(page, 0.5);
    await waitFor('a line of the middle', async () => {
      const number = Number((await firstSeen(page)).slice(5));
      return number > 300_000 && number < 400_000;
    });
    expect(await page.locator('.line').count()).toBeLessThan(600);
    const seen = await page.locator('.line:not(.pinned)').allInnerTexts();
    const numbers = seen.map((text) => Number(text.slice(5)));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
    await page.getByRole('button', { name: 'To the end' }).click();
    await output.getByText('line 700000', { exact: true }).waitFor();
  });

  test('scrolled line by line, nothing is left out and nothing moves back', async () => {
    await using watched = await shown('seq 1 60000');
    const { page } = watched;
    await scrollTo(page, 0);
    await waitFor('the beginning', async () => (await firstSeen(page)) === '1');
    await page.mouse.move(900, 500);
    const seen = new Set<number>();
    for (let turn = 0; turn < 60; turn += 1) {
      const lines = await page.locator('.line').allInnerTexts();
      for (const line of lines) seen.add(Number(line));
      await page.mouse.wheel(0, 700);
      const before = Number(await firstSeen(page));
      await waitFor('the wheel to have moved it', async () => Number(await firstSeen(page)) >= before);
    }
    const all = [...seen].toSorted((a, b) => a - b);
    expect(all.length).toBeGreaterThan(1000);
    expect(all).toEqual(all.map((_, index) => index + 1));
  });

  test.each<[string, string, string]>([
    [
      'a line of 25,000 characters',
      `head -c 25000 /dev/zero | tr '\\0' x; echo; echo end`,
      `${'x'.repeat(25_000)}\nend\n`,
    ],
    ['one of exactly 10,000', `head -c 10000 /dev/zero | tr '\\0' x; echo; echo end`, `${'x'.repeat(10_000)}\nend\n`],
    ['one of 300,000 without an end', `head -c 300000 /dev/zero | tr '\\0' y`, 'y'.repeat(300_000)],
    [
      'characters of four bytes over every border',
      `printf 'a'; yes 😀 | head -n 60000 | tr -d '\\n'`,
      `a${'😀'.repeat(60_000)}`,
    ],
    ['empty lines and blanks', `printf '\\n\\n  a\\tb  \\n\\n'`, '\n\n  a\tb  \n\n'],
    ['what is no UTF-8', `printf 'a\\377b\\n\\303\\n'`, 'a\ufffdb\n\ufffd\n'],
  ])('copied exactly: %s', async (_what, command, text) => {
    await using watched = await shown(command);
    expect((await copyAll(watched.page)) === text).toBe(true);
  });

  test('what is selected is copied, also over lines that are not on the page', async () => {
    await using watched = await shown('seq 1 50000');
    const { page } = watched;
    await scrollTo(page, 0);
    await waitFor('the beginning', async () => (await firstSeen(page)) === '1');
    await page.locator('.line', { hasText: /^3$/ }).click({ position: { x: 80, y: 8 } });
    await scrollTo(page, 1);
    const last = page.locator('.line', { hasText: /^49990$/ });
    await last.waitFor();
    await last.click({ position: { x: 400, y: 8 }, modifiers: ['Shift'] });
    await page.keyboard.press('Control+c');
    const expected = Array.from({ length: 49_988 }, (_, index) => index + 3).join('\n');
    await waitFor('the copy', async () => (await copied(page)) === expected);
    await outputOf(page).focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const all = Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`).join('');
    await waitFor('the copy of all', async () => (await copied(page)) === all);
  });

  test('found in all of it, with a count, onwards and back', async () => {
    await using watched = await shown('seq 1 100000');
    const { page } = watched;
    await outputOf(page).focus();
    await page.keyboard.press('Control+f');
    await page.getByRole('searchbox', { name: 'Find in the output' }).fill('7777');
    const count = page.locator('.find-count');
    await count.getByText('1 of 19', { exact: true }).waitFor();
    await page.locator('.line[aria-current]', { hasText: /^7777$/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.line[aria-current]', { hasText: /^17777$/ }).waitFor();
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Shift+Enter');
    await count.getByText('19 of 19', { exact: true }).waitFor();
    await page.locator('.line[aria-current]', { hasText: /^97777$/ }).waitFor();
    await page.getByRole('searchbox', { name: 'Find in the output' }).fill('(nothing)[');
    await count.getByText('Not found').waitFor();
  });

  test('a line has a number, and an address that leads to it', async () => {
    await using watched = await shown('seq -f "line %.0f" 1 200000', {}, '/L123456');
    const { page } = watched;
    await page.locator('.line[aria-current]', { hasText: /^line 123456$/ }).waitFor();
    const number = page.locator('.line', { hasText: /^line 123460$/ }).locator('.line-number');
    expect(await number.getAttribute('data-number')).toBe('123460');
    await number.click();
    await page.waitForURL('**/L123460');
    await page.locator('.line[aria-current]', { hasText: /^line 123460$/ }).waitFor();
  });

  test('standard error alone, and the first line that looks like an error', async () => {
    await using watched = await shown('seq 1 5000; echo "ERROR: disk" >&2; seq 5001 9000; echo other >&2');
    const { page } = watched;
    await page.getByRole('button', { name: 'First error' }).click();
    await page.locator('.line[aria-current]', { hasText: 'ERROR: disk' }).waitFor();
    await page.getByLabel('Which output').selectOption('Standard error');
    await waitFor(
      'the two lines',
      async () => (await page.locator('.line').allInnerTexts()).join() === 'ERROR: disk,other',
    );
  });

  test('both streams in the order in which they came, which nobody had followed, with times on demand', async () => {
    const command =
      'echo one; sleep 0.4; echo two >&2; sleep 0.4; printf "thr"; sleep 0.4; echo four >&2; echo ee; sleep 0.4; echo five';
    await using watched = await shown(command);
    const { page } = watched;
    await outputOf(page).getByText('five', { exact: true }).waitFor();
    const lines = page.locator('.line');
    expect(await lines.allInnerTexts()).toEqual(['one', 'two', 'three', 'four', 'five']);
    const timeOf = (line: number) =>
      lines.nth(line).evaluate((one) => getComputedStyle(one, '::before').content.replaceAll('"', ''));
    expect(await timeOf(0)).toBe('none');
    await page.getByRole('button', { name: 'Show when each line came' }).click();
    const times = await Promise.all([0, 1, 2, 3, 4].map(timeOf));
    expect(times.every((time) => /^\d\d:\d\d:\d\d\.\d\d\d$/.test(time))).toBe(true);
    expect(new Set(times).size).toBeGreaterThanOrEqual(4);
    await page.getByRole('button', { name: 'Copy the output' }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await copied(page)).toBe('one\ntwo\nthree\nfour\nfive\n');
  });

  test('a running job: it stays at the end while it grows, and its facts are those of now', async () => {
    const id = await rig().exec(
      'for i in $(seq 1 300); do echo "step $i"; done; read line; seq 1 200; echo "$line"; read line',
    );
    await using watched = await open(`${rig().url}/#/jobs/${id}`);
    const { page } = watched;
    await watched.unlock(rig().key);
    await outputOf(page).getByText('step 300', { exact: true }).waitFor();
    const facts = page.locator('.facts-list');
    await facts.getByText('Running for').waitFor();
    const bytes = await facts.innerText();
    await page.getByLabel('Line for standard input').fill('the answer');
    await page.keyboard.press('Enter');
    const answer = outputOf(page).getByText('the answer', { exact: true });
    await answer.waitFor();
    await waitFor('the end in sight', () =>
      page.evaluate<boolean>(`(() => {
        const one = document.querySelector('.output-scroller');
        return one.scrollHeight - one.clientHeight - one.scrollTop < 2;
      })()`),
    );
    await waitFor('other facts', async () => !bytes.includes('kB') || (await facts.innerText()) !== bytes);
    await facts.getByText(/^3\.\d kB$/).waitFor();
  });

  test('links lead to the web and to mail, in a tab of their own, and nowhere else', async () => {
    await using watched = await shown(
      String.raw`printf '%b' 'see https://a.example/x. mailto:me@a.example\n\033]8;;javascript:alert(1)\033\\bad\033]8;;\033\\ \033]8;;https://b.example/\033\\good\033]8;;\033\\ \033[9mgone\033[0m\n'`,
    );
    const links = watched.page.locator('.line a[target]');
    const found = await links.evaluateAll((all) =>
      all.map((one) => [
        one.textContent,
        one.getAttribute('href'),
        one.getAttribute('rel'),
        one.getAttribute('target'),
      ]),
    );
    expect(found).toEqual([
      ['https://a.example/x', 'https://a.example/x', 'noopener noreferrer', '_blank'],
      ['mailto:me@a.example', 'mailto:me@a.example', 'noopener noreferrer', '_blank'],
      ['good', 'https://b.example/', 'noopener noreferrer', '_blank'],
    ]);
    const gone = watched.page.getByText('gone', { exact: true });
    expect(await gone.evaluate((one) => getComputedStyle(one).textDecorationLine)).toBe('line-through');
  });
});
