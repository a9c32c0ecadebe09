/** `agent-server use [NAME]`: which profile the verbs use where nothing else names a server. */
import { PROGRAM } from '../command/program.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { DATA_DIR_VARIABLE, PROFILE_VARIABLE, URL_VARIABLE } from '../connection/precedence.ts';
import { readProfiles } from '../connection/profiles-file.ts';
import { complain, note, printAnswer } from '../output.ts';
import { changeProfiles } from './change-profiles.ts';
import { noSuchProfile } from './no-such-profile.ts';

export const use = defineVerb({
  name: 'use',
  description: 'Use a profile from now on, or none, which means the server of this machine.',
  args: {
    name: {
      type: 'positional',
      required: false,
      description: 'Name of the profile. Without it, no profile is used any more.',
    },
    ...JSON_ARG,
  },
  examples: ['use box', 'use'],
  completes: { name: 'profile' },
  async run({ args }) {
    const { name } = args;
    const kept = readProfiles(process.env);
    if (!kept.ok) {
      complain(kept.failure.message);
      return 1;
    }
    const { profiles } = kept.value;
    const profile = name === undefined ? undefined : profiles.get(name);
    if (name !== undefined && profile === undefined) return noSuchProfile(name, profiles);
    const changed = await changeProfiles(process.env, (now) => ({
      profiles: now.profiles,
      ...(name !== undefined && { current: name }),
    }));
    if (!changed.ok) {
      complain(changed.failure.message);
      return 1;
    }
    const stronger = [URL_VARIABLE, PROFILE_VARIABLE, DATA_DIR_VARIABLE].find((one) => (process.env[one] ?? '') !== '');
    if (stronger !== undefined && name !== undefined)
      note(`agent-server: ${stronger} is set and takes precedence; unset it, or give --profile ${name}`);
    await printAnswer(
      args.json,
      { current: name ?? null, url: profile?.url ?? null },
      profile === undefined
        ? 'no profile is in use: commands go to the server of this machine'
        : `${name} (${profile.url}) is in use; back to this machine with: ${PROGRAM} use`,
    );
    return 0;
  },
});
