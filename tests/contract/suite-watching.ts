/** What a server tells of itself to those who watch it: figures, and the audit log. */
import { describe, expect, test } from 'bun:test';
import type { AuditEntry } from '../../src/protocol/audit.ts';
import { scrape, valueOf } from '../metrics/scrape.ts';
import type { Door } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';

export function watchingSuite(door: Door): void {
  describe('watching', () => {
    test('GET /metrics is in the format of Prometheus, and counts jobs', async () => {
      await using rig = await Rig.start(door);
      await rig.run(rig.commands.print('hi'));
      const figures = await scrape(rig);
      expect(valueOf(figures, 'agent_server_jobs_finished_total', { mode: 'shell', status: 'completed' })).toBe(1);
      expect(valueOf(figures, 'agent_server_job_duration_seconds', { mode: 'shell' }, '_count')).toBe(1);
      expect(valueOf(figures, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    });

    test('GET /audit says who did what, without the command, and the next server does too', async () => {
      await using rig = await Rig.start(door);
      const job = await rig.exec(rig.commands.print('a-secret-of-the-command'));
      await rig.finished(job);
      const entries = await rig.get<AuditEntry[]>('/audit');
      expect(entries).toMatchObject([
        { seq: 1, key: 'default', method: 'POST', route: '/exec', what: { job, mode: 'shell' }, status: 202 },
      ]);
      expect(JSON.stringify(entries)).not.toContain('a-secret');
      await rig.restart();
      expect((await rig.get<AuditEntry[]>('/audit'))[0]).toEqual(entries[0]);
    });
  });
}
