/**
 * One acp job that runs.
 *
 *   opening ──▶ prompt (none: `no_prompt`) ──▶ closing ──tree gone──▶ ended
 *      └────────────┴──timeout, cancel: the turn is cancelled first──▶ closing
 */
import { appendFileSync } from 'node:fs';
import { ownProcess } from '../../agents/connection/agent-link.ts';
import type { StartAgent } from '../../agents/connection/agent-process.ts';
import type { PolicyName } from '../../agents/policy/policy-name.ts';
import type { AgentCommand, AgentRegistry } from '../../agents/registry/agent-registry.ts';
import type { AgentSession } from '../../agents/session/agent-session.ts';
import { fieldsOf, isSessionEntry, textOf, type SessionEntry } from '../../agents/session/entry.ts';
import { SessionUse } from '../../agents/session-use.ts';
import type { SessionFactory } from '../../agents/session-factory.ts';
import type { AgentSessions } from '../../agents/sessions.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/failure.ts';
import { EventLog } from '../../events/log.ts';
import type { JobFolder } from '../../jobs/folder.ts';
import type { ForcedEnd, InputFailure, RunEnd, Running, RunRequest } from '../../jobs/runner.ts';
import { JobEvents } from './job-events.ts';
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
  readonly #timeoutMs: number;
  /** Why there is no agent, when there is none. */
  readonly #notStarted: () => string | undefined;
  /** Why the job was ended by its server. */
  #stopped: string | undefined;

  private constructor(
    session: AgentSession,
    events: JobEvents,
    prompt: string,
    timeoutMs: number,
    notStarted: () => string | undefined,
  ) {
    this.#session = session;
    this.#events = events;
    this.#timeoutMs = timeoutMs;
    this.#notStarted = notStarted;
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
    const env = { ...baseEnv, ...own, ...plan.env };
    let notStarted: string | undefined;
    const start: StartAgent = (request) =>
      factory.start(request).catch((error: unknown) => {
        notStarted = messageOf(error);
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
          writeOutput(folder, entry);
        },
        ...(plan.shell !== undefined && { host: shells.hostFor(plan.shell, { cwd, env: plan.env, folder }) }),
      },
    );
    const use = new SessionUse(session, clock);
    sessions.adoptJob({ session, agent: plan.agent, createdAt: clock.now(), log, use });
    return new AcpRun(session, events, plan.prompt, spec.timeoutMs, () => notStarted);
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
    return { known: true, exitCode: isSuccess ? 0 : 1, note: this.#notStarted(), results };
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

/** The agent's text and its stderr go where those of other jobs go. On a full disk the log says more than these files. */
function writeOutput(folder: JobFolder, { event, data }: SessionEntry): void {
  const fields = fieldsOf(data);
  const content = fieldsOf(fields['content']);
  const text =
    event === 'stderr'
      ? `${textOf(fields['text']) ?? ''}\n`
      : event === 'agent_message_chunk' && content['type'] === 'text'
        ? textOf(content['text'])
        : undefined;
  if (text === undefined) return;
  try {
    appendFileSync(folder.output(event === 'stderr' ? 'stderr' : 'stdout'), text);
  } catch {
    // The job's warnings say that the disk is full.
  }
}
