/** The library on Windows, in Bun: an agent behind a batch file, and its end. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import type { PermissionReply } from '../../src/client/acp/acp-client.d.mts';
import { buildLibrary } from '../../src/release/build/build-library.ts';
import { Sandbox } from '../support/sandbox.ts';
import { labMissing, type Folder, type WindowsLab } from '../support/wine.ts';
import { installScriptedAgent } from './scripted-agent.ts';
import { World } from './world.ts';

const missing = labMissing();
if (missing !== undefined) console.log(`tests/windows/run-prompt.test.ts skipped: ${missing}`);

const CALLER = join(import.meta.dir, '..', 'fixtures', 'prompt-caller.mjs');

describe.skipIf(missing !== undefined)('the library on Windows', () => {
  let lab: WindowsLab;
  let folder: Folder;
  let bun: string;
  beforeAll(async () => {
    const world = await World.open();
    lab = world.lab;
    folder = lab.folder();
    bun = await World.driverPath();
    const agent = await installScriptedAgent(lab);
    writeFileSync(join(folder.host, 'agent.cmd'), `@set BUN_BE_BUN=\r\n@"${agent}" %*\r\n`);
    copyFileSync(CALLER, join(folder.host, 'caller.mjs'));
    using box = new Sandbox();
    await buildLibrary(box.path);
    copyFileSync(box.file('acp-client.mjs'), join(folder.host, 'acp-client.mjs'));
  }, 120_000);
  afterAll(() => lab.clear(folder));

  async function run(options: {
    readonly prompt: string;
    readonly timeoutMs?: number;
    readonly reply?: PermissionReply;
  }) {
    const native = (name: string) => win32.join(folder.native, name);
    const agent = [native('agent.cmd'), '--modes'];
    const call = {
      agent,
      workdir: folder.native,
      env: { HOME: folder.native, MARK: 'a%PATH%b' },
      graceMs: 500,
      ...options,
    };
    writeFileSync(join(folder.host, 'call.json'), JSON.stringify(call));
    // Any program that was compiled with Bun is Bun itself with this variable.
    const program = lab.start(bun, [native('caller.mjs'), native('acp-client.mjs'), `@${native('call.json')}`], {
      env: { BUN_BE_BUN: '1' },
      cwd: folder,
    });
    const [stdout, stderr] = await Promise.all([
      new Response(program.stdout).text(),
      new Response(program.stderr).text(),
      program.exited,
    ]);
    if (!stdout.startsWith('{')) throw new Error(`the program has printed no outcome: ${stdout}${stderr}`);
    return JSON.parse(stdout) as {
      readonly result?: { readonly text: string; readonly stopReason: string };
      readonly error?: { readonly reason?: string; readonly progress?: { readonly text: string } };
    };
  }

  const agents = async () => (await lab.list()).filter(({ name }) => name.includes('scripted-agent')).length;

  test('an agent behind a batch file answers, uses a terminal, and is gone', async () => {
    const { result } = await run({ prompt: '[[config mode]][[env MARK]][[terminal echo "a b"]]', reply: 'once' });
    expect(result?.stopReason).toBe('end_turn');
    expect(result?.text).toMatch(/^mode=askMARK=a%PATH%bterminal: exit 0: "a b"\r?\n$/);
    expect(await agents()).toBe(0);
  }, 60_000);

  test('a timeout ends it behind its batch file', async () => {
    const { error } = await run({ prompt: '[[ignore-cancel]][[say partial]][[slow 600]]', timeoutMs: 8000 });
    expect(error).toMatchObject({ reason: 'timed-out' });
    expect(error?.progress?.text).toStartWith('partial');
    expect(await agents()).toBe(0);
  }, 60_000);
});
