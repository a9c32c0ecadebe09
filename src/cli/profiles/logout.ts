/** `agent-server logout NAME`: forgets a profile, and the key in it. */
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { readProfiles, writeProfiles } from '../connection/profiles-file.ts';
import { complain, printAnswer } from '../output.ts';
import { noSuchProfile } from './no-such-profile.ts';

export const logout = defineVerb({
  name: 'logout',
  description: 'Forget a profile and the key in it. The server goes on accepting that key.',
  args: {
    name: { type: 'positional', required: true, description: 'Name of the profile.' },
    ...JSON_ARG,
  },
  examples: ['logout box', 'logout box --json'],
  completes: { name: 'profile' },
  async run({ args }) {
    const { name } = args;
    const kept = readProfiles(process.env);
    if (!kept.ok) {
      complain(kept.failure.message);
      return 1;
    }
    const profiles = new Map(kept.value.profiles);
    if (!profiles.delete(name)) return noSuchProfile(name, profiles);
    const { current } = kept.value;
    const wasCurrent = current === name;
    writeProfiles(process.env, { profiles, ...(current !== undefined && !wasCurrent && { current }) });
    const now = wasCurrent ? '; commands go to the server of this machine now' : '';
    await printAnswer(args.json, { name, removed: true, wasCurrent }, `${name} is forgotten${now}`);
    return 0;
  },
});
