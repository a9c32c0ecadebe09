/** Runs a server as a child of this process, and stands by it: for `--wrapper`, and for the trial of a successor. */
import { createLog, type Log } from '../../../core/log.ts';
import { SUPERVISOR_VARIABLE } from '../../../core/environment.ts';
import { systemClock } from '../../../core/clock.ts';
import { STOP_SIGNALS } from '../../../platform/console/index.ts';
import { isUnused, readHolder } from '../../../platform/files/data-lock.ts';
import { findApiKey } from '../../../platform/files/key-file.ts';
import { realPath } from '../../../platform/files/real-path.ts';
import { startOwnProcess } from '../../../platform/self/index.ts';
import { ownCommand, withoutBunVariables } from '../../../platform/self/own-program.ts';
import { argumentsOf } from '../../../settings/command-line.ts';
import type { Config } from '../../../settings/config.ts';
import { ownInstallation } from '../../../updater/own-installation.ts';
import { SUPERVISOR_PROTOCOL } from '../../../updater/supervision.ts';
import { Supervisor, type Child } from '../../../updater/supervisor.ts';
import { VERSION } from '../../../version.ts';
import { newClient } from '../../connection/connect.ts';
import { note, write } from '../../output.ts';

const ANSWER_TIMEOUT_MS = 5000;
/** Beyond the grace of processes: the server asks once whether Ctrl-C meant its jobs too, and closes files. */
const STOP_MS = 15_000;

export interface Ports {
  readonly port: number;
  readonly terminalPort: number | undefined;
}

export interface SuperviseOptions {
  readonly config: Config;
  readonly asJson: boolean;
  /** The supervisor ends when the trial is over, and leaves the server to itself. */
  readonly leaves: boolean;
  /** Where the server has to listen; default: where its settings say. */
  readonly ports?: Ports;
}

/** Resolves to the exit code of the process. */
export async function supervise({ config, asJson, leaves, ports }: SuperviseOptions): Promise<number> {
  const log = createLog(config.settings['log-format'], note, Date.now);
  const installation = ownInstallation(log);
  if (!leaves) announce(log, installation?.place.executable);
  const servers = new Servers(config, asJson, leaves, ports);
  const supervisor = new Supervisor({
    installation,
    dataPath: realPath(config.dataPath),
    trialMs: config.settings.trial * 1000,
    clock: systemClock,
    log,
    start: () => servers.start(),
    holder: () => servers.holder(),
    stopMs: config.settings['kill-grace'] * 1000 + STOP_MS,
    leaves,
    version: VERSION,
  });
  for (const signal of STOP_SIGNALS) process.on(signal, () => supervisor.signal(signal));
  return supervisor.run();
}

function announce(log: Log, executable: string | undefined): void {
  if (executable === undefined) log.info('supervising a server that is run from source, which is not updated');
  else log.info('supervising the server; updates replace this executable where it is', { executable });
}

/** One after the other, all with the same arguments and on the same ports. */
class Servers {
  readonly #config: Config;
  readonly #asJson: boolean;
  readonly #leaves: boolean;
  #ports: Ports | undefined;
  #lastPid: number | undefined;

  constructor(config: Config, asJson: boolean, leaves: boolean, ports: Ports | undefined) {
    this.#config = config;
    this.#asJson = asJson;
    this.#leaves = leaves;
    this.#ports = ports;
  }

  start(): Child {
    // It may have ended before it was ever asked.
    if (this.#lastPid !== undefined) this.#urlOf(this.#lastPid);
    const supervised = this.#leaves ? {} : { [SUPERVISOR_VARIABLE]: SUPERVISOR_PROTOCOL };
    const child = startOwnProcess({
      command: ownCommand(this.#arguments()),
      env: { ...withoutBunVariables(process.env), ...supervised },
      linked: !this.#leaves,
      relay: write,
    });
    this.#lastPid = child.pid;
    return {
      exited: child.exited,
      version: () => this.#versionOf(child.pid),
      signal: (name) => (this.#leaves ? sendSignal(child.pid, name) : child.tell(name)),
      kill: () => child.kill(),
    };
  }

  /** What holds the data folder, which none of ours does yet, or any more. */
  async holder(): Promise<'none' | 'answers' | 'silent'> {
    const { dataPath } = this.#config;
    if (isUnused(dataPath)) return 'none';
    const url = readHolder(dataPath)?.url;
    try {
      await newClient({ url: url ?? '', timeoutMs: ANSWER_TIMEOUT_MS, retryForMs: 0 }).health();
      return 'answers';
    } catch {
      return 'silent';
    }
  }

  #arguments(): string[] {
    const { port, terminalPort } = this.#ports ?? {};
    return [
      'serve',
      ...argumentsOf({
        ...this.#config.flags,
        // The environment and the configuration file may ask for it, too.
        wrapper: 'false',
        ...(port !== undefined && { port: String(port), 'terminal-port': String(terminalPort ?? 0) }),
      }),
      ...(this.#asJson ? ['--json'] : []),
    ];
  }

  async #versionOf(pid: number): Promise<string | undefined> {
    const url = this.#urlOf(pid);
    if (url === undefined) return undefined;
    try {
      const key = findApiKey(process.env);
      const health = await newClient({ url, key, timeoutMs: ANSWER_TIMEOUT_MS }).health();
      return health.authenticated ? health.version : undefined;
    } catch {
      return undefined;
    }
  }

  /** Undefined until it listens. With `--port 0` the first one chooses its ports, and later ones get the same. */
  #urlOf(pid: number): string | undefined {
    const holder = readHolder(this.#config.dataPath);
    if (holder?.pid !== pid) return undefined;
    this.#ports ??= { port: Number(new URL(holder.url).port), terminalPort: holder.terminalPort };
    return holder.url;
  }
}

function sendSignal(pid: number, name: string): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone, which its exit tells.
  }
}
