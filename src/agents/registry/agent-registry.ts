/**
 * Which agents there are: looked up on the PATH whenever somebody asks, so that one that was just installed is there.
 *
 * A program is told from another one of its name by its npm package, or by what it answers to `--version`. That is asked
 * in the background after the first look: until then, and where there is no answer in time, it counts as the agent.
 */
import { basename } from 'node:path';
import { systemClock, type Clock } from '../../core/clock.ts';
import { fail, ok, type Result } from '../../core/failure.ts';
import { isRefusedPath } from '../../platform/files/index.ts';
import type { Launcher } from '../../platform/process/process.ts';
import { lookUpProgram, splitCommandLine } from '../../platform/programs/index.ts';
import { entriesOf, type AgentEntry, type ConfiguredAgent } from './agent-entry.ts';
import type { AgentFailure } from './agent-failure.ts';
import { judge, versionOf, type KnownAgent } from './known-agent.ts';
import { KNOWN_AGENTS } from './known-agents.ts';
import { ProgramBook } from './program-book.ts';
import { VersionQuestions } from './version-question.ts';

export interface AgentListing {
  readonly id: string;
  readonly name: string;
  /** The program, as it is looked up, and its arguments. */
  readonly command: readonly string[];
  readonly installed: boolean;
  /** Absent where it is not known, or not yet. */
  readonly version?: string;
  readonly homepage?: string;
}

/** How an agent is started. */
export interface AgentCommand {
  /** Absent for a command line. */
  readonly id?: string;
  readonly name: string;
  /** The full path of the program, and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** To be laid over the environment of its process; not all of it. */
  readonly env: Readonly<Record<string, string>>;
}

export interface AgentRegistryOptions {
  readonly launcher: Launcher;
  /** The environment that agents get, without what is hidden from them; its PATH says where they are. */
  readonly env: Readonly<Record<string, string>>;
  /** An existing folder from which relative paths count, and in which programs are asked for their version. */
  readonly cwd: string;
  /** By id; one of our ids replaces ours. */
  readonly configured?: Readonly<Record<string, ConfiguredAgent>>;
  readonly known?: readonly KnownAgent[];
  readonly clock?: Clock;
  /** Milliseconds a program may take to tell its version. */
  readonly versionLimitMs?: number;
}

interface Found {
  readonly path: string;
  readonly command: readonly [string, ...string[]];
}

const VERSION_LIMIT_MS = 3000;

export class AgentRegistry implements AsyncDisposable {
  readonly #options: AgentRegistryOptions;
  readonly #entries: ReadonlyMap<string, AgentEntry>;
  readonly #questions: VersionQuestions;
  readonly #programs: ProgramBook;

  constructor(options: AgentRegistryOptions) {
    const { launcher, cwd, configured = {}, known = KNOWN_AGENTS, clock = systemClock } = options;
    this.#options = options;
    this.#entries = entriesOf(known, configured);
    this.#questions = new VersionQuestions({
      launcher,
      cwd,
      clock,
      limitMs: options.versionLimitMs ?? VERSION_LIMIT_MS,
    });
    this.#programs = new ProgramBook(this.#questions);
  }

  get ids(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Ours first, then those of the configuration. */
  list(): readonly AgentListing[] {
    return [...this.#entries.values()].map((entry) => this.#listing(entry));
  }

  find(id: string): AgentListing | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined ? undefined : this.#listing(entry);
  }

  /** Resolves when every program that was found so far has told its version, or will not. */
  settled(): Promise<void> {
    return this.#programs.settled();
  }

  /** `text`: an id, or a command line, whose words come apart by the rules of this system. */
  resolve(text: string): Result<AgentCommand, AgentFailure> {
    const agent = text.trim();
    const entry = this.#entries.get(agent);
    return entry === undefined ? this.#resolveCommandLine(agent) : this.#resolveEntry(entry);
  }

  /** Ends the programs that are being asked. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#questions[Symbol.asyncDispose]();
  }

  #resolveEntry(entry: AgentEntry): Result<AgentCommand, AgentFailure> {
    const { id, name, env } = entry;
    const found = this.#find(entry);
    if (!found.ok) return found;
    const { path, command } = found.value;
    return ok({ id, name, argv: [path, ...command.slice(1)], env });
  }

  #resolveCommandLine(agent: string): Result<AgentCommand, AgentFailure> {
    const invalid = (message: string) => fail({ reason: 'agent-command-invalid', agent, message } as const);
    const split = splitCommandLine(agent);
    if (!split.ok) return invalid(split.failure.message);
    const [program = '', ...args] = split.value;
    if (program === '') return invalid('it names no program');
    if (agent.includes('\0')) return invalid('it has a zero character');
    if (isRefusedPath(program)) return invalid(`${program} is no path of a program that may be started`);
    const { env, cwd } = this.#options;
    const found = lookUpProgram(program, env, cwd);
    if (found.ok) return ok({ name: basename(program), argv: [found.value, ...args], env: {} });
    if (args.length === 0 && !/[\\/]/.test(program)) return fail({ reason: 'agent-unknown', agent, known: this.ids });
    return fail({ ...found.failure, reason: 'agent-not-found', agent });
  }

  /** The first of its commands whose program is there, and is not something else. */
  #find({ id, commands, env, identify }: AgentEntry): Result<Found, AgentFailure> {
    const failures: AgentFailure[] = [];
    for (const command of commands) {
      const [program] = command;
      const found = lookUpProgram(program, { ...this.#options.env, ...env }, this.#options.cwd);
      if (!found.ok) failures.push({ ...found.failure, reason: 'agent-not-found', agent: id });
      else if (judge(identify, this.#programs.factsOf(found.value)) !== 'other')
        return ok({ path: found.value, command });
      else
        failures.unshift({
          reason: 'agent-not-found',
          agent: id,
          program,
          folders: [],
          extensions: [],
          other: found.value,
        });
    }
    return fail(failures[0] ?? { reason: 'agent-unknown', agent: id, known: this.ids });
  }

  #listing(entry: AgentEntry): AgentListing {
    const { id, name, commands, homepage, identify, env } = entry;
    const found = this.#find(entry);
    const version = found.ok ? versionOf(identify, this.#programs.factsOf(found.value.path)) : undefined;
    if (found.ok) this.#programs.askOnce(found.value.path, identify, { ...this.#options.env, ...env });
    return {
      id,
      name,
      command: found.ok ? found.value.command : commands[0],
      installed: found.ok,
      ...(version !== undefined && { version }),
      ...(homepage !== undefined && { homepage }),
    };
  }
}
