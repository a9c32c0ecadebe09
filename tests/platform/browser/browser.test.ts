/** Which program shows an address in the browser, on either system. */
import { expect, test } from 'bun:test';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInBrowser } from '../../../src/platform/browser/index.ts';
import { posixBrowser } from '../../../src/platform/browser/posix.ts';
import { windowsBrowser } from '../../../src/platform/browser/windows.ts';
import { waitFor } from '../../support/wait.ts';

const ADDRESS = 'http://p3000.localhost:8585/.agent-server/enter?ticket=a-_b';

test('where there is a desktop, its own program; over SSH and without a display none', () => {
  for (const env of [{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }])
    expect(posixBrowser(ADDRESS, env)).toEqual([process.platform === 'darwin' ? 'open' : 'xdg-open', ADDRESS]);
  expect(posixBrowser(ADDRESS, process.platform === 'darwin' ? { SSH_CONNECTION: 'x' } : {})).toBeUndefined();
  expect(windowsBrowser(ADDRESS, {})).toEqual(['rundll32.exe', 'url.dll,FileProtocolHandler', ADDRESS]);
  expect(windowsBrowser(ADDRESS, { SSH_CONNECTION: 'x' })).toBeUndefined();
});

test('the program gets the address as one argument, and only an address of the web', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-server-browser-'));
  try {
    for (const name of ['xdg-open', 'open']) {
      writeFileSync(
        join(folder, name),
        `#!/bin/sh\nprintf '%s|' "$@" > '${folder}/shown.part'\nmv '${folder}/shown.part' '${folder}/shown'\n`,
      );
      chmodSync(join(folder, name), 0o700);
    }
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, DISPLAY: ':0' };
    for (const address of ['file:///etc/passwd', '-x', 'javascript:alert(1)', '', 'p3000.localhost'])
      expect(openInBrowser(address, env)).toBe(false);
    expect(openInBrowser(ADDRESS, { PATH: '/nowhere', DISPLAY: ':0' })).toBe(false);
    expect(openInBrowser(ADDRESS, env)).toBe(true);
    const shown = await waitFor('the program to be run', async () => {
      try {
        return readFileSync(join(folder, 'shown'), 'utf8');
      } catch {
        return undefined;
      }
    });
    expect(shown).toBe(`${ADDRESS}|`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
