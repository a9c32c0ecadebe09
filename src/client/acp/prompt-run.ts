/**
 * One prompt: a session of its own, which ends with it.
 *
 *   starting ──opened──▶ prompt ──answered──▶ ending ──nothing of the agent is left──▶ result or failure
 *      └────────────────────┴──time is over, signal, an error of the caller's──▶ ending
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownProcess } from '../../agents/connection/agent-link.ts';
import type { StartAgent } from '../../agents/connection/agent-process.ts';
import { ownProcesses } from '../../agents/host/own-processes.ts';
import { hostServices } from '../../agents/host/services.ts';
import type { PolicyName } from '../../agents/policy/policy-name.ts';
import { AgentSession } from '../../agents/session/agent-session.ts';
import type { SessionEntry } from '../../agents/session/entry.ts';
import type { SessionPorts } from '../../agents/session/spec.ts';
import type { Turn, TurnEnd } from '../../agents/session/turn.ts';
import { systemClock } from '../../core/clock.ts';
import { newId } from '../../core/id.ts';
import { confinePath } from '../../platform/files/index.ts';
import { nodeLauncher } from '../../platform/nodeprocess/index.ts';
import { VERSION } from '../../version.ts';
import type { PromptOptions, PromptProgress, PromptResult } from './acp-client.d.mts';
import { explained, type Explained } from './agent-command.ts';
import { CallerPermissions } from './caller-permissions.ts';
import { failureOf } from './failure-of.ts';
import type { Settings } from './options.ts';
import { Progress } from './progress.ts';
import { PromptError } from './prompt-error.ts';
import { WatchedAgent } from './watched-agent.ts';

/** Why it ends before the agent has answered. */
type Stop = { readonly failure: Explained } | { readonly thrown: unknown };

export class PromptRun {
  readonly #options: PromptOptions;
  readonly #settings: Settings;
  readonly #progress = new Progress();
  readonly #session: AgentSession;
  /** Folders of what the agent runs. */
  readonly #root = mkdtempSync(join(tmpdir(), 'acp-client-'));
  #stopped: Stop | undefined;
  #notStarted: Explained | undefined;
  #agent: WatchedAgent | undefined;

  constructor(argv: readonly string[], options: PromptOptions, settings: Settings) {
    this.#options = options;
    this.#settings = settings;
    const { workdir: cwd, env } = settings;
    const { resume: load, model, mode, effort } = options;
    const policy = typeof settings.permission === 'function' ? 'ask' : settings.permission;
    this.#session = new AgentSession(
      {
        id: newId(),
        version: VERSION,
        argv,
        env,
        cwd,
        policy,
        load,
        model,
        mode,
        effort,
        mcpServers: [],
        instructions: undefined,
        // That of a turn alone; here it is one for the whole.
        turnTimeoutMs: undefined,
        logsHistory: false,
        turnsBefore: 0,
        titleBefore: null,
        awaitsUsage: true,
      },
      this.#ports(policy),
    );
  }

  async run(): Promise<PromptResult> {
    const { timeoutMs, content } = this.#settings;
    const { signal } = this.#options;
    const session = this.#session;
    const abort = () =>
      this.#stop({ failure: explained({ reason: 'aborted', cause: signal?.reason }, 'the prompt was aborted') });
    const late = () =>
      this.#stop({
        failure: explained({ reason: 'timed-out', timeoutMs }, `the agent took more than ${timeoutMs} ms`),
      });
    signal?.addEventListener('abort', abort, { once: true });
    // By the caller, at the first event.
    if (signal?.aborted) abort();
    const deadline = timeoutMs === 0 ? undefined : systemClock.after(timeoutMs, late);
    const prompted = content === undefined ? undefined : session.prompt(content);
    const turn = prompted?.ok ? prompted.value : undefined;
    const end = await (turn === undefined ? session.opened : turn.ended);
    deadline?.[Symbol.dispose]();
    signal?.removeEventListener('abort', abort);
    await session.close();
    // A start that was on its way ends the agent itself.
    await session.opened;
    rmSync(this.#root, { recursive: true, force: true });
    return this.#result(turn, end ?? undefined);
  }

  #ports(policy: PolicyName): SessionPorts {
    const { workdir: cwd, env, graceMs, permission } = this.#settings;
    const confine = (path: string) => confinePath(cwd, path);
    const caller =
      typeof permission === 'function'
        ? new CallerPermissions(permission, (thrown) => this.#stop({ thrown }))
        : undefined;
    return {
      log: { append: (entry) => this.#take(entry), [Symbol.dispose]() {} },
      clock: systemClock,
      link: ownProcess(this.#start),
      host: (record) => {
        const engine = ownProcesses({ launcher: nodeLauncher, env, root: this.#root, graceMs });
        const services = hostServices({ cwd, policy, env, confine, record }, () => engine);
        return caller?.guard(services, record) ?? services;
      },
      confine,
      graceMs,
      permissionTimeoutMs: 0,
      // Not before the session is made, which changes already then.
      changed: () => queueMicrotask(() => caller?.look(this.#session)),
    };
  }

  readonly #start: StartAgent = async ({ argv, cwd, env, treeId }) => {
    // The path means nothing here: only that there is an input.
    const launched = await nodeLauncher.launch({ argv, cwd, env, treeId, inputPath: this.#root });
    if (!('process' in launched)) {
      const why = launched.reason === 'cwd-missing' ? `there is no folder ${launched.cwd}` : launched.detail;
      this.#notStarted = explained({ reason: 'start-refused' }, `the agent cannot be started: ${why}`);
      throw new Error(why);
    }
    return (this.#agent = new WatchedAgent(launched, this.#settings.graceMs));
  };

  #take(entry: SessionEntry): void {
    this.#progress.add(entry);
    try {
      this.#options.onEvent?.(entry);
    } catch (thrown) {
      this.#stop({ thrown });
    }
  }

  /** The first reason counts. */
  #stop(stop: Stop): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = stop;
    // Not before the session is made: its first event comes from there.
    queueMicrotask(() => void this.#session.close());
  }

  #result(turn: Turn | undefined, end: TurnEnd | undefined): PromptResult {
    const session = this.#session;
    const { text, toolCalls, warnings, stderr } = this.#progress;
    const { acpSessionId: sessionId } = session;
    const progress: PromptProgress = { text, sessionId, toolCalls, usage: end?.usage ?? null, stderr, warnings };
    if (this.#stopped !== undefined && 'thrown' in this.#stopped) throw this.#stopped.thrown;
    const exit = this.#agent?.ownExit;
    const why = this.#stopped?.failure ?? this.#notStarted ?? failureOf({ session, turn, end, exit, stderr });
    if (why !== undefined) throw new PromptError(why.failure, why.message, progress);
    return { ...progress, sessionId: sessionId ?? '', stopReason: end?.stopReason ?? 'no_prompt' };
  }
}
