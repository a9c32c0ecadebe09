/** A manifest with nothing wrong in it. */
import type { Manifest } from '../../src/updater/manifest.ts';

export const MANIFEST = {
  schema: 1,
  product: 'agent-server',
  channel: 'stable',
  seq: 8,
  issued: '2026-06-01T12:00:00Z',
  expires: '2026-07-01T12:00:00Z',
  version: '2.0.0',
  artifacts: {
    'linux-x64': { file: 'agent-server-linux-x64', size: 100_000_000, sha256: 'a'.repeat(64) },
    'windows-x64': { file: 'agent-server-windows-x64.exe', size: 110_000_000, sha256: 'b'.repeat(64) },
  },
} as const satisfies Manifest;
