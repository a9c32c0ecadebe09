/** Builds the room of the audit log. */
import { join } from 'node:path';
import { AuditLog } from '../audit/audit-log.ts';
import { counter } from '../core/metric.ts';
import { auditedOf, hasEntry } from '../http/audit/audited.ts';
import { auditRoutes } from '../http/audit/routes.ts';
import type { Base, Feature } from './feature.ts';

export function openAudit({ config, clock, log }: Base, scope: AsyncDisposableStack): Feature {
  const audit = scope.use(
    new AuditLog({
      folder: join(config.dataPath, 'audit'),
      keepBytes: config.settings['audit-bytes'],
      clock,
      log,
    }),
  );
  return {
    routes: [auditRoutes(audit)],
    observe: (exchange) => {
      if (hasEntry(exchange)) audit.record(exchange.caller?.keyId ?? null, () => auditedOf(exchange));
    },
    problems: () => {
      const { writeError, waiting } = audit;
      return writeError === undefined
        ? []
        : [`the audit log cannot be written: ${writeError}; ${waiting} entries wait`];
    },
    metrics: () => {
      const { recorded, skipped } = audit.counts;
      return [
        counter(
          'agent_server_audit_entries_total',
          'Entries of the audit log since the start of the server.',
          recorded,
        ),
        counter(
          'agent_server_audit_skipped_total',
          'Requests without an entry in the audit log: too many without a valid key, or a disk that could not be written.',
          skipped,
        ),
      ];
    },
  };
}
