/**
 * A library of its own, for Node and Bun: one prompt against an agent, without any server. What it offers is declared in
 * acp-client.d.mts; `npm run build` makes `dist/acp-client.mjs` of it.
 *
 * Nothing that this file reaches may use what only Bun has, or what Node 20 lacks and node-20.ts does not bring.
 */
import type { PromptOptions, PromptResult } from './acp-client.d.mts';
import { explained, findAgent, type Explained } from './agent-command.ts';
import { completeNode20 } from './node-20.ts';
import { settingsOf } from './options.ts';
import { NO_PROGRESS, PromptError } from './prompt-error.ts';
import { PromptRun } from './prompt-run.ts';

export { PromptError };

export async function runPrompt(options: PromptOptions): Promise<PromptResult> {
  completeNode20();
  const settings = settingsOf(options);
  const { signal, agent } = options;
  if (signal?.aborted) throw failed(explained({ reason: 'aborted', cause: signal.reason }, 'the prompt was aborted'));
  const argv = findAgent(agent, settings.env, settings.workdir);
  if (!argv.ok) throw failed(argv.failure);
  return new PromptRun(argv.value, options, settings).run();
}

const failed = ({ failure, message }: Explained) => new PromptError(failure, message, NO_PROGRESS);
