/**
 * `mode: acp`: an agent is started, gets one prompt, and is ended.
 *
 * The agent's text goes into the job's stdout as it comes, and all its events into a log in the job's folder, from which
 * the next server makes the record of a job whose server was killed.
 */
import { resolve } from 'node:path';
import { agentFailureText } from '../../agents/registry/agent-failure.ts';
import { messageOf } from '../../core/failure.ts';
import type { Runner, RunRefusal } from '../../jobs/runner.ts';
import { isDirectory } from '../../platform/files/directory.ts';
import { PLAN_UNREADABLE } from '../mode.ts';
import { spawnRefusal } from '../spawn-refusal.ts';
import { AcpRun, type AcpRunnerOptions } from './acp-run.ts';
import { lostRun } from './lost-run.ts';
import { readAcpPlan } from './request.ts';

const STOPPED = 'the server was stopped while the agent ran';

export function createAcpRunner(options: AcpRunnerOptions): Runner {
  const running = new Set<AcpRun>();
  return {
    async start(request) {
      const plan = readAcpPlan(request.spec.plan);
      if (plan === undefined) return { refused: PLAN_UNREADABLE };
      const cwd = resolve(options.cwd, plan.workdir);
      if (!isDirectory(cwd)) return refused(spawnRefusal({ reason: 'cwd-missing', cwd }));
      const command = options.registry.resolve(plan.agent);
      if (!command.ok) return refused(agentFailureText(command.failure));
      try {
        const run = await AcpRun.start(request, plan, cwd, command.value, options);
        running.add(run);
        void run.ended.then(() => running.delete(run));
        return run;
      } catch (error) {
        return refused(`the agent could not be started: ${messageOf(error)}`);
      }
    },
    /** The agent has ended with its server. */
    adopt: lostRun,
    async close() {
      await Promise.all([...running].map((run) => run.stop(STOPPED)));
    },
  };
}

const refused = (sentence: string): RunRefusal => ({
  refused: sentence,
  results: { acpSessionId: null, stopReason: 'error', events: [], acpError: sentence },
});
