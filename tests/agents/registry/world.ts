/** A machine with a PATH of one folder, in which there are programs that the test has written. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { AgentRegistry, type AgentRegistryOptions } from '../../../src/agents/registry/agent-registry.ts';
import { createLauncher } from '../../../src/platform/process/index.ts';
import { Sandbox } from '../../support/sandbox.ts';

export class Machine implements AsyncDisposable {
  readonly #box = new Sandbox();
  readonly #registries: AgentRegistry[] = [];
  readonly bin = this.#box.file('bin');
  readonly work = this.#box.file('work');
  readonly env: Readonly<Record<string, string>>;

  constructor() {
    for (const folder of [this.bin, this.work]) mkdirSync(folder);
    this.env = { PATH: `${this.bin}:/usr/bin:/bin`, LOG: this.file('log') };
  }

  file(...names: string[]): string {
    return this.#box.file(...names);
  }

  /** A shell script on the PATH. */
  program(name: string, script: string, path: string = this.file('bin', name)): string {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** As `npm install --global` leaves it: a package, and a link to its program on the PATH. */
  npmPackage(name: string, version: string, command: string, script: string): string {
    const folder = this.file('lib', 'node_modules', ...name.split('/'));
    mkdirSync(`${folder}/dist`, { recursive: true });
    writeFileSync(`${folder}/package.json`, JSON.stringify({ name, version }));
    writeFileSync(`${folder}/dist/package.json`, '{"type":"module"}');
    const program = this.program(command, script, `${folder}/dist/main`);
    symlinkSync(program, this.file('bin', command));
    return program;
  }

  registry(options: Partial<AgentRegistryOptions> = {}): AgentRegistry {
    const registry = new AgentRegistry({ launcher: createLauncher(), env: this.env, cwd: this.work, ...options });
    this.#registries.push(registry);
    return registry;
  }

  /** What the programs have written to `$LOG`, in lines. */
  log(): string[] {
    const path = this.file('log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#registries.map((registry) => registry[Symbol.asyncDispose]()));
    this.#box[Symbol.dispose]();
  }
}
