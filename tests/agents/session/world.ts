/**
 * A session with the scripted agent (tests/fixtures/scripted-agent.ts), without a server: its log is an array, and all
 * that is sent to the agent is held to the protocol's schema.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentProcess, StartAgent } from '../../../src/agents/connection/agent-process.ts';
import { ownProcess } from '../../../src/agents/connection/agent-link.ts';
import { openAgentLauncher } from '../../../src/agents/connection/launched-agent.ts';
import { readLines } from '../../../src/core/lines.ts';
import { HostRefusal, METHOD_NOT_FOUND } from '../../../src/agents/connection/connection.ts';
import { AgentSession } from '../../../src/agents/session/agent-session.ts';
import type { SessionPorts, SessionSpec } from '../../../src/agents/session/spec.ts';
import { fieldsOf, type SessionEntry } from '../../../src/agents/session/entry.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { newId } from '../../../src/core/id.ts';
import { confinePath } from '../../../src/platform/files/index.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { scriptedAgent } from '../../support/agents/scripted.ts';
import { ProtocolCheck } from '../../support/agents/protocol-schema.ts';
import { waitFor } from '../../support/wait.ts';

export class World implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'agents-'));
  readonly entries: SessionEntry[] = [];
  /** What of the messages to the agent was not as the protocol has it. */
  readonly breaches: string[] = [];
  readonly processes: AgentProcess[] = [];
  readonly #sessions: AgentSession[] = [];

  /** A session that has opened, or never will. */
  async open(flags = '', spec: Partial<SessionSpec> = {}, ports: Partial<SessionPorts> = {}): Promise<AgentSession> {
    const session = await this.begin(flags, spec, ports);
    await session.opened;
    return session;
  }

  async begin(flags = '', spec: Partial<SessionSpec> = {}, ports: Partial<SessionPorts> = {}): Promise<AgentSession> {
    const root = join(this.folder, 'run');
    const start = await openAgentLauncher({ root, launcher: createLauncher(), graceMs: 200 });
    const cwd = this.folder;
    const session = new AgentSession(
      {
        id: newId(),
        argv: scriptedAgent(...flags.split(' ').filter((flag) => flag !== '')),
        env: { ...(process.env as Record<string, string>), HOME: this.folder },
        cwd,
        policy: 'workdir',
        mcpServers: [],
        model: undefined,
        mode: undefined,
        effort: undefined,
        load: undefined,
        logsHistory: true,
        turnsBefore: 0,
        titleBefore: null,
        instructions: undefined,
        turnTimeoutMs: undefined,
        awaitsUsage: true,
        version: '0.0.0',
        ...spec,
      },
      {
        log: { append: (entry) => void this.entries.push(entry), [Symbol.dispose]() {} },
        clock: systemClock,
        link: ownProcess(this.#watched(start)),
        host: () => ({
          request: async (method) => {
            throw new HostRefusal(METHOD_NOT_FOUND, `no ${method} here`);
          },
          async [Symbol.asyncDispose]() {},
        }),
        confine: (path) => confinePath(cwd, path),
        graceMs: 200,
        permissionTimeoutMs: 60_000,
        ...ports,
      },
    );
    this.#sessions.push(session);
    return session;
  }

  /** The data of all entries of that kind. */
  of(event: string): Readonly<Record<string, unknown>>[] {
    return this.entries.filter((entry) => entry.event === event).map(({ data }) => fieldsOf(data));
  }

  /** The kinds of all entries, changes of state apart. */
  get kinds(): string[] {
    return this.entries.map(({ event }) => event).filter((event) => event !== 'state');
  }

  waitFor = waitFor;

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.close()));
    rmSync(this.folder, { recursive: true, force: true });
    if (this.breaches.length > 0) throw new Error(`not as the protocol has it: ${this.breaches.join('; ')}`);
  }

  #watched(start: StartAgent): StartAgent {
    return async (request) => {
      const agent = await start(request);
      this.processes.push(agent);
      const check = new ProtocolCheck();
      const [ours, theirs] = agent.stdout.tee();
      void this.#listen(ours, check);
      return {
        pid: agent.pid,
        stdout: theirs,
        stderr: agent.stderr,
        exited: agent.exited,
        end: () => agent.end(),
        write: (data) => {
          const breach = check.sent(JSON.parse(new TextDecoder().decode(data)) as Record<string, unknown>);
          if (breach !== undefined) this.breaches.push(breach);
          return agent.write(data);
        },
      };
    };
  }

  #listen(stdout: ReadableStream<Uint8Array>, check: ProtocolCheck): Promise<void> {
    return readLines(stdout, 1024 * 1024, {
      line: (text) => {
        try {
          check.received(fieldsOf(JSON.parse(text)));
        } catch {
          // Some of what it sends is no JSON.
        }
      },
      tooLong: () => {},
    });
  }
}

/** What the agent has said in a turn. */
export async function say(session: AgentSession, text: string): Promise<string> {
  return (await ended(session, text)).text;
}

export async function ended(session: AgentSession, text: string) {
  const turn = session.prompt([{ type: 'text', text }]);
  if (!turn.ok) throw new Error(turn.failure.reason);
  return turn.value.ended;
}
