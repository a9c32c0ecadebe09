/** What an agent may ask of this machine: files and terminals, within its working directory. */
import type { Result } from '../../core/failure.ts';
import {
  HostRefusal,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  REQUEST_CANCELLED,
  RESOURCE_NOT_FOUND,
} from '../connection/connection.ts';
import type { Confine } from '../policy/places.ts';
import type { PolicyName } from '../policy/policy-name.ts';
import type { HostServices } from '../session/host-services.ts';
import type { FileFailure } from './file-failure.ts';
import { readTextFile, writeTextFile } from './files.ts';
import type { TerminalEngine } from './terminal-engine.ts';
import type { TerminalFailure } from './terminal-failure.ts';
import { HostTerminals, type TerminalAccess } from './terminals.ts';

export interface HostServicesRequest {
  readonly cwd: string;
  readonly policy: PolicyName;
  /** The complete environment of the session. */
  readonly env: Readonly<Record<string, string>>;
  readonly confine: Confine;
  /** What the agent does with them is an event of its session. */
  readonly record: (event: string, data: unknown) => void;
}

/** What runs the commands of one session. */
export type EngineFor = (request: HostServicesRequest) => TerminalEngine;

const TERMINAL_ACCESS: Readonly<Record<PolicyName, TerminalAccess>> = {
  workdir: 'confined',
  ask: 'confined',
  'allow-all': 'anywhere',
  'read-only': 'none',
  'deny-all': 'none',
};

export function hostServices(request: HostServicesRequest, engineFor: EngineFor): HostServices {
  const { cwd, policy, confine, record } = request;
  const terminals = new HostTerminals({
    engine: engineFor(request),
    cwd,
    access: TERMINAL_ACCESS[policy],
    confine,
    onCreated: (terminal) => record('terminal_run', terminal),
    onReleased: ({ terminalId, output, truncated, exitStatus }) =>
      record('terminal_end', { terminalId, output, truncated, exitCode: exitStatus?.exitCode ?? null }),
  });
  return {
    async request(method, params, signal) {
      switch (method) {
        case 'fs/read_text_file': {
          const { content, path } = valueOf(await readTextFile(params, { cwd, policy }));
          record('file_read', { path });
          return { content };
        }
        case 'fs/write_text_file': {
          record('file_write', valueOf(await writeTextFile(params, { cwd, policy })));
          return {};
        }
        case 'terminal/create':
          return valueOf(await terminals.create(params));
        case 'terminal/output':
          return valueOf(await terminals.output(params));
        case 'terminal/wait_for_exit':
          return valueOf(await terminals.waitForExit(params, signal));
        case 'terminal/kill':
          return valueOf(await terminals.kill(params));
        case 'terminal/release':
          return valueOf(await terminals.release(params));
        // There is nobody who could fill in a form.
        case 'elicitation/create':
          return { action: 'decline' };
        default:
          throw new HostRefusal(METHOD_NOT_FOUND, `this client has no method ${method}`);
      }
    },
    [Symbol.asyncDispose]: () => terminals[Symbol.asyncDispose](),
  };
}

function valueOf<Value>(answer: Result<Value, TerminalFailure | FileFailure>): Value {
  if (answer.ok) return answer.value;
  const { reason, detail } = answer.failure;
  throw new HostRefusal(codeOf(reason), detail);
}

function codeOf(reason: (TerminalFailure | FileFailure)['reason']): number {
  switch (reason) {
    case 'params-invalid':
      return INVALID_PARAMS;
    case 'file-unknown':
    case 'terminal-unknown':
      return RESOURCE_NOT_FOUND;
    case 'wait-aborted':
      return REQUEST_CANCELLED;
    case 'file-failed':
    case 'file-refused':
    case 'file-unsuitable':
    case 'terminal-not-started':
    case 'terminal-refused':
    case 'terminals-closed':
    case 'too-many-terminals':
      return INTERNAL_ERROR;
  }
}
