/** Makes sessions: what those of jobs and those of the routes have in common. */
import type { Clock } from '../core/clock.ts';
import { confinePath } from '../platform/files/index.ts';
import { ownProcess, type LinkAgent } from './connection/agent-link.ts';
import type { StartAgent } from './connection/agent-process.ts';
import type { HostServicesRequest } from './host/services.ts';
import { AgentSession } from './session/agent-session.ts';
import type { HostServices } from './session/host-services.ts';
import type { SessionPorts, SessionSpec } from './session/spec.ts';

export interface SessionFactoryOptions {
  readonly start: StartAgent;
  readonly host: (request: HostServicesRequest) => HostServices;
  readonly clock: Clock;
  /** Milliseconds an agent has for each step of its end. */
  readonly graceMs: number;
  readonly permissionTimeoutMs: number;
  readonly version: string;
}

export type SessionRequest = Omit<SessionSpec, 'version'>;

export class SessionFactory {
  readonly #options: SessionFactoryOptions;

  constructor(options: SessionFactoryOptions) {
    this.#options = options;
  }

  get start(): StartAgent {
    return this.#options.start;
  }

  get graceMs(): number {
    return this.#options.graceMs;
  }

  /** `host` in place of the services of this machine, `link` in place of a process of its own. */
  make(
    request: SessionRequest,
    ports: Pick<SessionPorts, 'log' | 'recorded' | 'changed'> & {
      readonly link?: LinkAgent;
      readonly host?: SessionFactoryOptions['host'];
    },
  ): AgentSession {
    const { start, host, clock, graceMs, permissionTimeoutMs, version } = this.#options;
    const { cwd, policy, env } = request;
    const confine = (path: string) => confinePath(cwd, path);
    const { host: makeHost = host } = ports;
    return new AgentSession(
      { ...request, version },
      {
        link: ownProcess(start),
        ...ports,
        host: (record) => makeHost({ cwd, policy, env, confine, record }),
        clock,
        graceMs,
        permissionTimeoutMs,
        confine,
      },
    );
  }
}
