/** 1.3 persistent_shell: what is refused, and in which order. */
import { describe, expect, test } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { sharedRig } from './shared-rig.ts';
import { MODE, plainShell } from './session-shell.ts';

export function sessionRefusalsSuite(door: Door): void {
  const shell = plainShell(door);

  describe('1.3 persistent_shell: what is refused', () => {
    const rig = sharedRig(door);
    const refused = async (json: object): Promise<unknown> => {
      const { status, body } = await rig().ask('/exec', { json });
      return { status, ...(body as object) };
    };
    const whole = { mode: MODE, command: 'x', sessionKey: 'k', shell };

    test('in this order: mode, env, command, sessionKey, shell, the bootstrap’s two, what the shell is', async () => {
      const wrong = { mode: 'x', env: 1, bootstrapCommand: 1, bootstrapCurrentCommand: 1 };
      const repairs = [
        {},
        { mode: MODE },
        { env: {} },
        { command: 'x' },
        { sessionKey: 'k' },
        { shell: 'fish' },
        { bootstrapCommand: 'x' },
        { bootstrapCurrentCommand: true },
      ];
      const errors: unknown[] = [];
      let json: object = wrong;
      for (const repair of repairs) {
        json = { ...json, ...repair };
        errors.push(await refused(json));
      }
      expect(errors).toEqual(
        [
          'unsupported mode: x',
          'env must be an object of string key/value pairs',
          'command is required',
          'sessionKey is required',
          'shell is required',
          'bootstrapCommand must be a string',
          'bootstrapCurrentCommand must be a boolean',
          'unsupported shell: fish',
        ].map((error) => ({ status: 400, error })),
      );
    });

    const messages: [object, string][] = [
      [{ command: '' }, 'command is required'],
      [{ sessionKey: '' }, 'sessionKey is required'],
      [{ sessionKey: null }, 'sessionKey is required'],
      [{ sessionKey: 1 }, 'sessionKey is required'],
      [{ sessionKey: ['k'] }, 'sessionKey is required'],
      [{ sessionKey: 'a\0b' }, expect.stringContaining('NUL')],
      [{ shell: '' }, 'shell is required'],
      [{ shell: null }, 'shell is required'],
      [{ shell: {} }, 'shell must be a string'],
      [{ shell: 'PowerShell7' }, 'unsupported shell: PowerShell7'],
      [{ shell: ' sh' }, 'unsupported shell:  sh'],
      [{ shell: '/bin/sh' }, 'unsupported shell: /bin/sh'],
      [{ shell: '__proto__' }, 'unsupported shell: __proto__'],
      [{ bootstrapCommand: 1 }, 'bootstrapCommand must be a string'],
      [{ bootstrapCommand: ['x'] }, 'bootstrapCommand must be a string'],
      [{ bootstrapCurrentCommand: 'true' }, 'bootstrapCurrentCommand must be a boolean'],
      [{ bootstrapCurrentCommand: 0 }, 'bootstrapCurrentCommand must be a boolean'],
      [{ env: { A: 1 } }, 'env must be an object of string key/value pairs'],
      [{ background: 'end' }, expect.stringContaining('background')],
      [{ timeout: 0 }, expect.stringContaining('timeout')],
    ];
    test.each(messages)('%j: 400', async (fields, error) => {
      expect(await refused({ ...whole, ...fields })).toEqual({ status: 400, error });
    });

    test('what was refused makes no session', async () => {
      expect(await rig().get<unknown[]>('/sessions')).toEqual([]);
    });
  });
}
