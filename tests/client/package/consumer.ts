/** A project that has installed the package of the client from its tarball, as somebody else's would: without a registry. */
import { setDefaultTimeout } from 'bun:test';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildClient } from '../../../src/release/client-package/build-client.ts';
import { Sandbox } from '../../support/sandbox.ts';

const ROOT = join(import.meta.dir, '..', '..', '..');

/** Milliseconds that `Consumer.install` may take on a busy machine: it compiles, and runs npm twice. */
export const INSTALL_MS = 120_000;

// The compiler is run often, and shares the machine; Bun's own 5 seconds are few.
setDefaultTimeout(60_000);

/** Types that a project may have of its runtime; `dom`: none but those of the compiler. */
export type Runtime = 'node' | 'bun' | 'dom';

export class Consumer implements Disposable {
  readonly #box = new Sandbox();

  static async install(version = '1.2.3'): Promise<Consumer> {
    const consumer = new Consumer();
    const built = consumer.file('built');
    await buildClient(built, version);
    consumer.npm('pack', '--pack-destination', consumer.file(), built);
    mkdirSync(consumer.file('project'));
    writeFileSync(consumer.file('project', 'package.json'), '{"private":true,"type":"module"}');
    const tarball = readdirSync(consumer.file()).find((name) => name.endsWith('.tgz')) ?? '';
    consumer.npm('install', '--prefix', consumer.file('project'), '--offline', consumer.file(tarball));
    return consumer;
  }

  file(...names: string[]): string {
    return this.#box.file(...names);
  }

  /** A file of the package as it was installed. */
  installed(...names: string[]): string {
    return this.file('project', 'node_modules', 'agent-server-client', ...names);
  }

  /** Compiles a program of the project, strictly and with every declaration checked; what the compiler complains of. */
  compile(name: string, text: string, runtime: Runtime): string {
    writeFileSync(this.file('project', name), text);
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      target: 'es2022',
      lib: runtime === 'dom' ? ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'] : ['es2022'],
      types: runtime === 'dom' ? [] : [join(ROOT, 'node_modules', '@types', runtime)],
      module: 'nodenext',
      rootDir: '.',
      outDir: 'out',
    };
    writeFileSync(this.file('project', 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [name] }));
    return run([process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')], this.file('project')).output;
  }

  /** The same for a program that imports sources of ours, too: those are as our own compiler options have them. */
  compileWithSources(name: string, text: string): string {
    writeFileSync(this.file('project', name), text);
    const compilerOptions = { types: [join(ROOT, 'node_modules', '@types', 'bun')], noEmit: true };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files: [name] };
    writeFileSync(this.file('project', 'tsconfig.json'), JSON.stringify(config));
    return run([process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')], this.file('project')).output;
  }

  npm(...args: readonly string[]): void {
    const { code, output } = run(['npm', ...args, '--ignore-scripts', '--no-audit', '--no-fund'], this.file(), {
      npm_config_cache: this.file('npm-cache'),
    });
    if (code !== 0) throw new Error(`npm ${args.join(' ')}: ${output}`);
  }

  [Symbol.dispose](): void {
    this.#box[Symbol.dispose]();
  }
}

function run(command: string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawnSync(command, { cwd, env: { ...process.env, ...env } });
  return { code: child.exitCode, output: child.stdout.toString() + child.stderr.toString() };
}
