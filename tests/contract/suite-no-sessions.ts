/** A server that keeps no shells says so; Windows has none yet. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';

export function noSessionsSuite(door: Door): void {
  describe('1.3 where no shell is kept', () => {
    const rig = sharedRig(door);

    test('health says so, and a command for one is refused', async () => {
      expect(await rig().get<object>('/health')).toMatchObject({
        execution_modes: ['shell'],
        persistent_shell_supported: false,
        persistent_shell_shells: { pwsh: false, powershell: false },
        persistent_shell_default_shell: null,
      });
      const json = { mode: 'persistent_shell', command: 'x', sessionKey: 'k', shell: 'pwsh' };
      const { status, body } = await rig().ask('/exec', { json });
      expect({ status, body }).toEqual({ status: 400, body: { error: 'persistent shell is not available' } });
    });

    test('there are no sessions', async () => {
      expect(await rig().get<unknown>('/sessions')).toEqual([]);
    });
  });
}
