/** The OpenAPI document as openapi.json holds it: made from the app itself, which is opened for it in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../../src/app/app.ts';
import { loadConfig } from '../../src/settings/config.ts';
import { silentLog } from '../../src/core/log.ts';
import { openApiDocument, type OpenApiDocument } from '../../src/http/openapi/document.ts';

export const openApiPath = join(import.meta.dir, '..', '..', 'openapi.json');

export async function currentOpenApi(): Promise<OpenApiDocument> {
  const home = await mkdtemp(join(tmpdir(), 'agent-server-openapi-'));
  try {
    const env = { HOME: home, LOCALAPPDATA: home };
    const config = loadConfig({ 'data-dir': join(home, 'data') }, env, home);
    if (!config.ok) throw new Error(config.failure.message);
    const opened = await openApp(config.value, env, silentLog);
    if (!opened.ok) throw new Error(opened.failure.reason);
    await using app = opened.value;
    return openApiDocument(app.http);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

export const openApiText = async (): Promise<string> => `${JSON.stringify(await currentOpenApi(), null, 2)}\n`;
