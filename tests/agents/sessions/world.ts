/** The sessions of a server without its routes: real processes of the scripted agent, and records in a folder of its own. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAgentLauncher } from '../../../src/agents/connection/launched-agent.ts';
import { ownProcesses } from '../../../src/agents/host/own-processes.ts';
import { hostServices } from '../../../src/agents/host/services.ts';
import { AgentRegistry } from '../../../src/agents/registry/agent-registry.ts';
import { SessionFactory } from '../../../src/agents/session-factory.ts';
import type { SessionEntry } from '../../../src/agents/session/entry.ts';
import type { OpenRequest } from '../../../src/agents/open-request.ts';
import { AgentSessions, type SessionsOptions } from '../../../src/agents/sessions.ts';
import type { SessionRecord } from '../../../src/agents/stored.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { scriptedAgentLine } from '../../support/agents/scripted.ts';
import { waitFor } from '../../support/wait.ts';

const graceMs = 200;

export class SessionsWorld implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'agent-sessions-'));
  readonly warnings: string[] = [];
  readonly root = join(this.folder, 'sessions');
  #sessions: AgentSessions | undefined;

  /** As a server does that starts with what the one before has left. */
  async start(options: Partial<SessionsOptions> = {}): Promise<AgentSessions> {
    const env = { ...(process.env as Record<string, string>), HOME: this.folder };
    const launcher = createLauncher();
    const run = join(this.folder, 'run');
    return (this.#sessions = await AgentSessions.open({
      root: this.root,
      factory: new SessionFactory({
        start: await openAgentLauncher({ root: run, launcher, graceMs }),
        host: (request) => hostServices(request, () => ownProcesses({ launcher, env, root: run, graceMs })),
        clock: systemClock,
        graceMs,
        permissionTimeoutMs: 60_000,
        version: '0.0.0',
      }),
      registry: new AgentRegistry({ launcher, env, cwd: this.folder, configured: {}, clock: systemClock }),
      baseEnv: env,
      cwd: this.folder,
      policy: 'workdir',
      maxOpen: 16,
      keep: { sessions: 100, bytes: 1e9 },
      clock: systemClock,
      log: { info: () => {}, warn: (text) => void this.warnings.push(text), error: () => {} },
      ...options,
    }));
  }

  get sessions(): AgentSessions {
    if (this.#sessions === undefined) throw new Error('not started');
    return this.#sessions;
  }

  /** A session that takes prompts. */
  async open(request: OpenRequest = {}): Promise<SessionRecord> {
    const opened = await this.sessions.open({ agent: scriptedAgentLine(), ...request });
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure));
    const { id } = opened.value;
    await this.sessions.find(id)?.session.opened;
    return this.record(id);
  }

  record(id: string): SessionRecord {
    const record = this.sessions.get(id);
    if (record === undefined) throw new Error(`no session ${id}`);
    return record;
  }

  waitFor = waitFor;

  path(id: string, file: string): string {
    return join(this.root, id, file);
  }

  /** What its log has on disk. */
  log(id: string): SessionEntry[] {
    return readFileSync(this.path(id, 'events.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as SessionEntry);
  }

  append(id: string, text: string): void {
    appendFileSync(this.path(id, 'events.jsonl'), text);
  }

  /** Changes the record of a session that is not open, as if it had been left so. */
  change(id: string, fields: object): void {
    const path = this.path(id, 'session.json');
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...fields }));
  }

  /** Its files as they are at this moment are what the next start finds. */
  keep(id: string): () => void {
    const files = ['session.json', 'events.jsonl'].map((name) => this.path(id, name));
    const texts = files.map((path) => readFileSync(path));
    return () => files.forEach((path, index) => writeFileSync(path, texts[index] ?? ''));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions?.[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
