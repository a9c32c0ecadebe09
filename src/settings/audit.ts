/** Settings of the audit log. */
import { integer, type SettingGroup } from './kinds.ts';

export const AUDIT_SETTINGS = {
  'audit-bytes': integer(
    'BYTES',
    50_000_000,
    100_000,
    Number.MAX_SAFE_INTEGER,
    'Maximum size of the audit log, in bytes; the oldest entries are removed first.',
  ),
} satisfies SettingGroup;
