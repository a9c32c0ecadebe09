/** `agent-server completion SHELL`: the script that has a shell complete command lines of this program. */
import { refuseUsage } from '../command/usage.ts';
import { didYouMean } from '../command/suggestion.ts';
import { defineVerb, JSON_ARG } from '../command/verb.ts';
import { printAnswer } from '../output.ts';
import bashScript from './bash.sh' with { type: 'text' };
import fishScript from './fish.fish' with { type: 'text' };
import powershellScript from './powershell.ps1' with { type: 'text' };
import zshScript from './zsh.sh' with { type: 'text' };

/** The scripts ask this program for what there is to offer, so they need not be renewed with it. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  pwsh: powershellScript,
};
const SHELLS = Object.keys(SCRIPTS);

export const completion = defineVerb({
  name: 'completion',
  description:
    'Print a completion script for a shell. It completes verbs, options, their values, names and ids that the server knows, and paths on its machine, for the command agent-server, which must be on the PATH.',
  args: {
    shell: {
      type: 'positional',
      required: true,
      description: '`bash`, `zsh`, `fish` or `pwsh` (PowerShell 5 or later).',
    },
    ...JSON_ARG,
  },
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/agent-server',
    'completion zsh > ~/.zfunc/_agent-server',
    'completion fish > ~/.config/fish/completions/agent-server.fish',
    'completion pwsh | Out-String | Invoke-Expression',
  ],
  completes: { shell: SHELLS },
  async run({ args }) {
    const { shell } = args;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined)
      return refuseUsage(
        `unknown shell ${JSON.stringify(shell)}${didYouMean(shell, SHELLS)}; the shells are bash, zsh, fish and pwsh`,
        'completion',
      );
    await printAnswer(args.json, { shell, script }, script.trimEnd());
    return 0;
  },
});
