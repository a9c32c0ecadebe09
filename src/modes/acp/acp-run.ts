/**
 * One acp job that runs.
 *
 *   opening ──▶ prompt (none: `no_prompt`) ──▶ closing ──tree gone──▶ ended
 *      └────────────┴──timeout, cancel: the turn is cancelled first──▶ closing
 */
import { ownProcess } from '../../agents/connection/agent-link.ts';
import type { StartAgent } from '../../agents/connection/agent-process.ts';
import type { PolicyName } from '../../agents/policy/policy-name.ts';
import type { AgentCommand, AgentRegistry } from '../../agents/registry/agent-registry.ts';
import type { AgentSession } from '../../agents/session/agent-session.ts';
import { isSessionEntry } from '../../agents/session/entry.ts';
import { SessionUse } from '../../agents/session-use.ts';
import type { SessionFactory } from '../../agents/session-factory.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import { EventLog } from '../../events/log.ts';
import type { ForcedEnd, InputFailure, RunEnd, Running, RunRequest } from '../../jobs/runner.ts';
import { JobEvents } from './job-events.ts';
import { JobOutput } from './job-output.ts';
import { logOf } from './lost-run.ts';
import type { AcpPlan } from './request.ts';
import { resultsOf, timedOutAfter, type AcpResults } from './results.ts';
import type { SharedShells } from './shared-shell.ts';

export interface AcpRunnerOptions {
  readonly registry: AgentRegistry;
  readonly factory: SessionFactory;
  readonly sessions: AgentSessions;
  readonly shells: SharedShells;
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Where an agent works whose job names no `workdir`. */
  readonly cwd: string;
  readonly policy: PolicyName;
  readonly clock: Clock;
}

export class AcpRun implements Running {
  readonly ended: Promise<RunEnd>;
  readonly #session: AgentSession;
  readonly #events: JobEvents;
  readonly #output: JobOutput;
  readonly #timeoutMs: number;
  /** Why the job was ended by its server. */
  #stopped: string | undefined;

  private constructor(session: AgentSession, events: JobEvents, output: JobOutput, prompt: string, timeoutMs: number) {
    this.#session = session;
    this.#events = events;
    this.#output = output;
    this.#timeoutMs = timeoutMs;
    this.ended = this.#run(prompt);
  }

  static async start(
    { jobId, spec, folder }: RunRequest,
    plan: AcpPlan,
    cwd: string,
    { argv, env: own }: AgentCommand,
    { factory, sessions, shells, policy, baseEnv, clock }: AcpRunnerOptions,
  ): Promise<AcpRun> {
    folder.createOutput();
    const log = await EventLog.open(logOf(folder), isSessionEntry);
    const events = new JobEvents();
    const output = new JobOutput(folder);
    const env = { ...baseEnv, ...own, ...plan.env };
    const start: StartAgent = (request) =>
      factory.start(request).catch((error: unknown) => {
        output.write('stderr', messageOf(error));
        throw error;
      });
    const session = factory.make(
      {
        id: jobId,
        argv,
        cwd,
        env,
        policy,
        mcpServers: [],
        model: plan.model,
        mode: undefined,
        effort: plan.effort,
        load: plan.acpSessionId,
        logsHistory: false,
        turnsBefore: 0,
        titleBefore: null,
        instructions: undefined,
        turnTimeoutMs: undefined,
        awaitsUsage: false,
      },
      {
        log,
        link: ownProcess(start),
        recorded: (entry) => {
          events.add(entry);
          output.take(entry);
        },
        ...(plan.shell !== undefined && { host: shells.hostFor(plan.shell, { cwd, env: plan.env, folder }) }),
      },
    );
    const use = new SessionUse(session, clock);
    sessions.adoptJob({ session, agent: plan.agent, createdAt: clock.now(), log, use });
    return new AcpRun(session, events, output, plan.prompt, spec.timeoutMs);
  }

  live(): AcpResults {
    return { acpSessionId: this.#session.acpSessionId ?? null, events: this.#events.list };
  }

  write(): Promise<InputFailure> {
    return Promise.resolve('stdin-closed');
  }
  closeInput(): void {}
  release(): void {}

  /** The server stops. */
  async stop(why: string): Promise<void> {
    this.#stopped = why;
    await this.#session.close();
    await this.ended;
  }

  /** The turn is cancelled first, so that the agent can say what it has got so far. */
  async end(because: 'timeout' | 'cancel' | 'background'): Promise<ForcedEnd> {
    await this.#session.close();
    this.#output.finish();
    if (because !== 'timeout') return { results: this.#results('cancelled', 'cancelled') };
    return { exitCode: 1, noted: false, results: this.#results('timeout', timedOutAfter(this.#timeoutMs)) };
  }

  async #run(prompt: string): Promise<RunEnd> {
    const session = this.#session;
    const { stopReason, error } = await this.#turn(prompt);
    await session.close();
    const isSuccess = stopReason === 'end_turn' || stopReason === 'no_prompt';
    const acpError = isSuccess
      ? undefined
      : (this.#stopped ?? session.error ?? error ?? `the turn has ended with ${stopReason}`);
    const results = this.#results(stopReason, acpError);
    return { known: true, exitCode: isSuccess ? 0 : 1, results, warnings: this.#output.finish() };
  }

  async #turn(prompt: string): Promise<{ readonly stopReason: string; readonly error?: string }> {
    const session = this.#session;
    await session.opened;
    if (session.state === 'failed' || session.state === 'closed') return { stopReason: 'error' };
    if (prompt === '') return { stopReason: 'no_prompt' };
    const turn = session.prompt([{ type: 'text', text: prompt }]);
    return turn.ok ? turn.value.ended : { stopReason: 'error' };
  }

  #results(stopReason: string, acpError: string | undefined): AcpResults {
    return resultsOf(this.#session.acpSessionId, stopReason, this.#events, acpError);
  }
}
