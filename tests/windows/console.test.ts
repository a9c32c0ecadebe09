/** The pages out of the Windows executable: every file of them, as the bundler makes it. */
import { expect, test } from 'bun:test';
import { bundleApiPage } from '../../src/api-page/bundle.ts';
import { bundlePage } from '../../src/console/bundle.ts';
import { Rig } from '../support/rig.ts';
import { openExecutable } from './executable.ts';

const door = await openExecutable('the console page in the Windows executable');
if (door !== undefined) {
  test('the page and all its files are in the executable', async () => {
    await using rig = await Rig.start(door);
    const files = await bundlePage();
    expect(files.length).toBeGreaterThan(3);
    for (const { name, type, gzip } of files) {
      const response = await rig.request(name === '' ? '/' : `/console/${name}`, { key: null });
      expect({ name, status: response.status, type: response.headers.get('content-type') }).toEqual({
        name,
        status: 200,
        type,
      });
      expect(await response.text()).toBe(Buffer.from(Bun.gunzipSync(Buffer.from(gzip, 'base64'))).toString());
    }
  });

  test('and so are the scripts of the API page', async () => {
    await using rig = await Rig.start(door);
    const scripts = (await bundleApiPage()).filter(({ name }) => name !== '');
    expect(scripts).toHaveLength(3);
    const page = await (await rig.request('/openapi', { key: null })).text();
    for (const { name, gzip } of scripts) {
      expect(page).toContain(`openapi/${name}`);
      const response = await rig.request(`/openapi/${name}`, { key: null });
      expect(await response.text()).toBe(Buffer.from(Bun.gunzipSync(Buffer.from(gzip, 'base64'))).toString());
    }
  });
}
