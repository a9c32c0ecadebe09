/** `agent-server profiles`: lists the servers that `login` has kept, without their keys. */
import { PROGRAM } from '../command/program.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { readProfiles } from '../connection/profiles-file.ts';
import { complain, paint } from '../output.ts';
import { printList, table } from '../table.ts';

export const profiles = defineVerb({
  name: 'profiles',
  description: 'List the servers that `agent-server login` has saved, and which of them is in use.',
  args: JSON_ARG,
  examples: ['profiles', 'profiles --json'],
  async run({ args }) {
    const kept = readProfiles(process.env);
    if (!kept.ok) {
      complain(kept.failure.message);
      return 1;
    }
    const { current } = kept.value;
    const found = [...kept.value.profiles].map(([name, { url }]) => ({ name, url, current: name === current }));
    const rows = found.map((one) => [one.name, one.current ? paint('green', 'in use') : '', one.url]);
    const whenEmpty = `no profiles; make one with: ${PROGRAM} login NAME URL`;
    await printList(args.json, found, table(['NAME', 'STATUS', 'URL'], rows), whenEmpty);
    return 0;
  },
});
