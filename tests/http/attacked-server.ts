/** What tests of attacks on HTTP share. */
import { beforeAll, expect } from 'bun:test';
import { liveServer } from '../support/doors.ts';
import type { Rig } from '../support/rig.ts';
import { head, sendRaw, type RawAnswer } from '../support/rig-raw.ts';
import { sharedRig } from '../contract/shared-rig.ts';

/** A server in a process of its own that is attacked: it has one job that runs, of which nobody without the key may learn. */
export interface AttackedServer {
  readonly rig: Rig;
  /** The line of a request that shows the key. */
  readonly key: string;
  /** The id of its job. */
  readonly running: string;
  ask(method: string, target: string, ...lines: string[]): Promise<RawAnswer>;
}

/** One for all stories of a file. */
export function attackedServer(): AttackedServer {
  const rig = sharedRig(liveServer);
  let running = '';
  beforeAll(async () => {
    running = await rig().exec(rig().commands.hang(rig().marker()));
    await rig().running(running);
  });
  return {
    get rig() {
      return rig();
    },
    get key() {
      return `X-API-Key: ${rig().key}`;
    },
    get running() {
      return running;
    },
    ask: (method, target, ...lines) => sendRaw(rig().port, head(method, target, ...lines)),
  };
}

export const JSON_LINE = 'Content-Type: application/json';

/** Our refusals are JSON. Bun answers malformed HTTP itself, with an empty body. Nothing else may come back. */
export function isCleanAnswer({ status, head: top, body }: RawAnswer): void {
  expect(status).not.toBe(500);
  expect(`${top}${body}`).not.toMatch(/<html|<h1|text\/html|\.ts:|node_modules|Something went wrong/i);
  if (body !== '' && status >= 400) expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
}

/** Its job runs, and it has complained of nothing. */
export async function staysAsItWas({ rig, running }: AttackedServer): Promise<void> {
  expect((await rig.job(running)).status).toBe('running');
  expect(rig.process.said()).not.toMatch(/TypeError|\.ts:\d|a request failed/);
}
