import { mkdirSync, rmSync, writeFileSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../../src/client/client.ts';
import { median, ms, quantile, type Measured } from '../measure.ts';
import { BenchServer } from '../server.ts';

const FOLDERS = 1000;
const CHANGES = 500;
const GOAL_MS = 100;

/** From a change in a watched tree to the reader of its event. */
export async function watch(): Promise<Measured[]> {
  await using server = await BenchServer.start();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'agent-server-bench-watch-')));
  try {
    for (let count = 0; count < FOLDERS; count += 1) mkdirSync(join(root, String(count)));
    const { url, headers } = server.door('');
    const events = new Client({ url, key: headers['x-api-key'] ?? '' }).files.watch(root, { recursive: true });
    await events.next();
    const times: number[] = [];
    for (let change = 0; change < CHANGES; change += 1) {
      const path = join(root, String((change * 37) % FOLDERS), `new-${change}`);
      const from = performance.now();
      writeFileSync(path, 'x');
      for (;;) {
        const { value } = await events.next();
        if (value?.path === path) break;
      }
      times.push(performance.now() - from);
    }
    await events.return(undefined);
    const p99 = quantile(times, 0.99);
    return [
      {
        name: 'from a change to the event of a watch, 99th percentile',
        figure: ms(p99),
        goal: `≤ ${GOAL_MS} ms`,
        met: p99 <= GOAL_MS,
        detail: `median ${ms(median(times))}, of which 50 ms are gathered; ${FOLDERS.toLocaleString('en')} folders`,
      },
    ];
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
