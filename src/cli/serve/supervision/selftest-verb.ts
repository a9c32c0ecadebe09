/** The verb `selftest`. What it does is in a module of its own, so that `--help` does not load a server. */
import { defineVerb, type Verb } from '../../command/verb.ts';
import { SETTING_ARGUMENTS } from '../setting-arguments.ts';
import type { SelftestArguments } from './selftest.ts';

export const selftestVerb = (
  runSelftest: (args: SelftestArguments & Readonly<Record<string, unknown>>) => Promise<number>,
): Verb =>
  defineVerb({
    name: 'selftest',
    description:
      'Try this executable: settings, port, a job. It takes the options of serve, and touches no running server.',
    args: {
      ...SETTING_ARGUMENTS,
      terminals: { type: 'boolean', description: 'Open a terminal too.' },
      supervisor: {
        type: 'string',
        valueHint: 'N',
        description: 'The protocol of a supervisor that this version would have to work with.',
      },
      json: { type: 'boolean', description: 'Print JSON for programs.' },
    },
    examples: ['selftest', 'selftest --terminals --json', 'selftest --data-dir /srv/agent'],
    run: ({ args }) => runSelftest(args),
  });
