import { expect, test } from 'bun:test';
import type { TerminalOutput, TerminalResource } from '../../src/protocol/terminal.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { liveServer } from '../support/doors.ts';
import { waitFor } from '../support/wait.ts';
import { inChromium } from './chromium.ts';
import { Cutter } from './cutter.ts';
import { openTerminal, SPEAKING } from './terminal-page.ts';

const rig = sharedRig(liveServer, { env: { PS1: '> ' } });

const terminal = (fields: Readonly<Record<string, unknown>> = {}): Promise<TerminalResource> =>
  rig().post<TerminalResource>('/terminals', { shell: 'sh', ...fields });
const input = (id: string, data: string) => rig().post(`/terminals/${id}/input`, { data });
const record = (id: string) => rig().get<TerminalResource>(`/terminals/${id}`);

/** As in browsers that have no WebSocketStream. */
const PLAIN_SOCKETS = 'delete globalThis.WebSocketStream;';

inChromium('the console page: terminals', (open) => {
  test('a terminal is opened, takes a command and shows its output, all by keyboard', async () => {
    await using watched = await open(rig().url, {}, SPEAKING);
    const { page } = watched;
    const { keyboard } = page;
    await watched.unlock(rig().key);
    await page.getByText('Connected').waitFor();
    await keyboard.press('3');
    await page.getByText('No terminals').waitFor();
    await keyboard.press('n');
    await keyboard.type('by-keyboard');
    await keyboard.press('Tab');
    await keyboard.type('sh');
    await keyboard.press('Enter');
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await keyboard.type('echo $((6 * 7))-times\n');
    await page.locator('.xterm-accessibility-tree').getByText('42-times', { exact: true }).waitFor();
    // Single keys belong to the terminal now; Ctrl+] leads out of it, and they are shortcuts again.
    await keyboard.press('1');
    expect(page.url()).toContain('#/terminals/');
    await keyboard.press('Control+]');
    await keyboard.press('1');
    await page.getByLabel('Command to run').waitFor();
  });

  test.each([
    ['WebGL', true],
    ['text', false],
  ])('colours, wide characters and full screens are drawn by %s', async (_what, webgl) => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, { webgl });
    await input(
      id,
      `printf '\\033[38;2;10;200;30mtrue\\033[0m \\033[41mred\\033[0m \\346\\274\\242 \\360\\237\\230\\200 %s\\n' end\n`,
    );
    await shown.shows('true red 漢 😀 end');
    await input(id, `printf '\\033[?1049h\\033[H\\033[2Jfull %s' screen; read x; printf '\\033[?1049l'\n`);
    expect(await shown.shows('full screen')).not.toContain('true red');
    await input(id, '\n');
    await shown.shows('true red');
    // Which one draws is what the title says.
    expect(await shown.watched.page.locator('.xterm-rows').count()).toBe(webgl ? 0 : 1);
    expect(await shown.watched.page.locator('.xterm-screen canvas').count()).toBe(webgl ? 2 : 0);
  });

  test('the terminal is as large as the window, and follows it', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    const before = await waitFor('a size that is not the first one', async () => {
      const now = await record(id);
      return now.cols !== 80 && now;
    });
    await page.setViewportSize({ width: 900, height: 500 });
    const after = await waitFor('another size', async () => {
      const now = await record(id);
      return now.cols < before.cols && now.rows < before.rows && now;
    });
    await shown.type('stty size\n');
    await shown.shows(`${after.rows} ${after.cols}`);
  });

  test('a reload finds the scrollback, and answers nothing that was asked before it', async () => {
    const { id } = await terminal();
    // What are you?, as programs ask when they start; then a program that shows whatever is typed.
    await input(id, `printf 'asked \\033[c\\n'; cat -v\n`);
    const printed = (what: string, times: number) =>
      waitFor(`${what}, ${times} times`, async () => {
        const { data } = await rig().get<TerminalOutput>(`/terminals/${id}/output`);
        return data.split(what).length > times;
      });
    // Nobody looks, so the server answers: once as it is typed, once by the program when the line is ended.
    await printed('1;2c', 1);
    await input(id, '\n');
    await printed('1;2c', 2);
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await shown.shows('asked');
    await page.reload();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await shown.shows('asked');
    await shown.type('typed\n');
    // Once by the terminal, once by the program, and nothing before it.
    await shown.shows(/^typed\ntyped$/m);
  });

  test('after a break that output was lost in, the modes are there, and the program draws its screen again', async () => {
    using network = new CuttingProxy(rig().url);
    const draw = String.raw`[ -n "$full" ] && printf '\033[2;1Hdrawn again'`;
    const program = String.raw`trap "$DRAW" WINCH; printf waiting; until read -r go; do :; done
      printf '\033[?1049h\033[?1h'; head -c 1500000 /dev/zero | tr '\0' x; full=yes; printf '\033[Hready'; while :; do read -r key; done`;
    const { id } = await terminal({ args: ['-c', program], env: { DRAW: draw } });
    await using shown = await openTerminal(open, network.url, rig().key, id);
    const { page } = shown.watched;
    await shown.shows('waiting');
    network.down = true;
    network.cut();
    await page.locator('.terminal-bar').getByText('Reconnecting').waitFor();
    await input(id, 'go\n');
    await waitFor('all of it', async () => {
      const { bytes } = await record(id);
      return (
        bytes > 1_500_000 &&
        (await rig().get<TerminalOutput>(`/terminals/${id}/output?since=${bytes - 50}`)).data.includes('ready')
      );
    });
    network.down = false;
    await page.getByText('of output is missing here').waitFor();
    await shown.shows('drawn again');
    // As an application wants its arrow keys.
    await page.locator('.xterm').click();
    await page.keyboard.press('ArrowUp');
    await shown.shows('^[OA');
  });

  test('two pages on one terminal see the same, the size of the last one counts, the other can take it back', async () => {
    const { id } = await terminal({ name: 'shared' });
    await using first = await openTerminal(open, rig().url, rig().key, id);
    await first.type('echo from the first\n');
    await using second = await openTerminal(open, rig().url, rig().key, 'shared', {
      viewport: { width: 700, height: 420 },
    });
    await second.shows(/^from the first/m);
    await second.type('echo from the second\n');
    await first.shows(/^from the second/m);
    const small = await record(id);
    const bar = first.watched.page.locator('.terminal-bar');
    await bar.getByText(`${small.cols} × ${small.rows}`).waitFor();
    await bar.getByRole('button', { name: 'Fit' }).click();
    await second.watched.page.locator('.terminal-bar').getByRole('button', { name: 'Fit' }).waitFor();
    expect((await record(id)).cols).toBeGreaterThan(small.cols);
    expect(await bar.getByRole('button', { name: 'Fit' }).isVisible()).toBe(false);
  });

  test('who only watches sees all, types nothing and leaves the size alone', async () => {
    const { id } = await terminal({ cols: 60, rows: 20 });
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await page.getByRole('button', { name: 'Only watch' }).click();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    const before = await record(id);
    await page.locator('.xterm').click();
    await shown.type('echo typed by a watcher\n');
    await page.setViewportSize({ width: 640, height: 400 });
    await input(id, 'echo by somebody else\n');
    expect(await shown.shows(/^by somebody else/m)).not.toContain('watcher');
    expect(await record(id)).toMatchObject({ cols: before.cols, rows: before.rows });
    expect(await page.locator('.terminal-size').innerText()).toBe(`${before.cols} × ${before.rows}`);
  });

  test.each([
    ['', ''],
    [', without WebSocketStream', PLAIN_SOCKETS],
  ])('a network that breaks again and again loses nothing and repeats nothing%s', async (_what, script) => {
    await using cutter = await Cutter.before(rig().port);
    const { id } = await terminal();
    await using shown = await openTerminal(open, cutter.url, rig().key, id, { script });
    const most = 500;
    const pair = `printf '%d→%d→' $((i+1)) $((i+2))`;
    await input(id, `clear; i=0; while [ $i -lt ${most} ]; do ${pair}; i=$((i+2)); sleep 0.008; done; echo\n`);
    for (const seen of [30, 120, 250]) {
      await shown.shows(`${seen}→`);
      cutter.cut();
    }
    const text = (await shown.shows(`${most}→`)).replaceAll(/\s/g, '');
    expect(text).toContain(Array.from({ length: most }, (_, index) => `${index + 1}→`).join(''));
  });

  test.each([
    ['', ''],
    [', without WebSocketStream', PLAIN_SOCKETS],
  ])('a program that prints as fast as it can does not hold the page up%s', async (_what, script) => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, { script });
    const { page } = shown.watched;
    await shown.type('yes the quick brown fox\n');
    await shown.shows('the quick brown fox\nthe quick brown fox');
    // The page answers while it comes, and Ctrl-C gets through.
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByLabel('Command to run').waitFor();
    await page.goBack();
    await page.locator('.terminal-bar').getByText('Live').waitFor();
    await page.locator('.xterm').click();
    await page.keyboard.press('Control+c');
    // What no echo shows: of what is typed before the prompt is there, it stands on either side of it.
    await shown.type('echo out-$((6 * 7))\n');
    await shown.shows('out-42');
  });

  test('a program that has ended says so, and its output stays until the terminal is removed', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id);
    const { page } = shown.watched;
    await shown.type('echo last words; exit 3\n');
    await page.locator('.terminal-bar').getByText('Exited with 3').waitFor();
    await page.reload();
    await page.getByText('The program has ended with exit code 3').waitFor();
    await shown.shows('last words');
    await page.getByRole('button', { name: 'End this terminal' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No terminal chosen').waitFor();
    expect((await rig().ask(`/terminals/${id}`)).status).toBe(404);
  });

  test('a program sets no clipboard, and no link but to the web is followed, nor one unseen', async () => {
    const { id } = await terminal();
    await using shown = await openTerminal(open, rig().url, rig().key, id, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = shown.watched;
    await page.evaluate(`navigator.clipboard.writeText('mine')`);
    const link = (address: string, text: string) => `\\033]8;;${address}\\033\\\\${text}\\033]8;;\\033\\\\`;
    await input(
      id,
      `clear; printf '\\033]52;c;c3RvbGVu\\007${link('javascript:alert(1)', 'AAAAAAAA')}\\n${link('https://hidden.example/x', 'BBBBBBBB')}\\n'; echo after\n`,
    );
    await shown.shows(/^after/m);
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('mine');
    const lines = (await shown.text()).split('\n');
    const box = await page.locator('.xterm-screen').boundingBox();
    if (box === null) throw new Error('there is no screen');
    const clickLine = async (text: string): Promise<void> => {
      const row = lines.findIndex((line) => line.startsWith(text));
      const height = box.height / lines.length;
      await page.mouse.move(box.x + 2, box.y + 2);
      await page.mouse.move(box.x + 20, box.y + (row + 0.5) * height, { steps: 4 });
      await page.mouse.click(box.x + 20, box.y + (row + 0.5) * height);
    };
    await clickLine('AAAA');
    await clickLine('BBBB');
    // The second one asks, so the first one had its time.
    const dialog = page.getByRole('dialog');
    expect(await dialog.innerText()).toContain('https://hidden.example/x');
    expect(await dialog.count()).toBe(1);
    await page.keyboard.press('Escape');
    expect(page.context().pages()).toHaveLength(1);
  });
});
