/** `agent-server logout NAME`: forgets a profile, and the key in it. */
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { readProfiles } from '../connection/profiles-file.ts';
import { complain, printAnswer } from '../output.ts';
import { changeProfiles } from './change-profiles.ts';
import { noSuchProfile } from './no-such-profile.ts';

export const logout = defineVerb({
  name: 'logout',
  description: 'Forget a profile and the key in it. The server still accepts that key.',
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
    if (!kept.value.profiles.has(name)) return noSuchProfile(name, kept.value.profiles);
    let wasCurrent = false;
    const changed = await changeProfiles(process.env, ({ profiles, current }) => {
      wasCurrent = current === name;
      const others = new Map([...profiles].filter(([one]) => one !== name));
      return { profiles: others, ...(current !== undefined && !wasCurrent && { current }) };
    });
    if (!changed.ok) {
      complain(changed.failure.message);
      return 1;
    }
    const now = wasCurrent ? '; commands go to the server of this machine now' : '';
    await printAnswer(args.json, { name, removed: true, wasCurrent }, `${name} is forgotten${now}`);
    return 0;
  },
});
