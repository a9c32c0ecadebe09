/** A machine that settings are read on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadConfig, type Config, type Flags } from '../../src/settings/config.ts';
import { environmentName, type SettingName } from '../../src/settings/all.ts';
import { Sandbox } from '../support/sandbox.ts';

type Texts = Partial<Record<SettingName, string>>;

/** A machine with a configuration file (when `file` is given), an environment and flags. */
export class Machine implements Disposable {
  readonly #box = new Sandbox();
  readonly dataDir = this.#box.file('data');

  write(content: unknown): this {
    mkdirSync(this.dataDir, { recursive: true });
    writeFileSync(`${this.dataDir}/config.json`, typeof content === 'string' ? content : JSON.stringify(content));
    return this;
  }

  load(flags: Flags = {}, env: Texts = {}) {
    const variables = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [environmentName(name as SettingName), value]),
    );
    return loadConfig(flags, { HOME: this.#box.path, AGENT_SERVER_DATA_DIR: this.dataDir, ...variables }, '/work-here');
  }

  config(flags: Flags = {}, env: Texts = {}): Config {
    const loaded = this.load(flags, env);
    if (!loaded.ok) throw new Error(loaded.failure.message);
    return loaded.value;
  }

  complaint(flags: Flags = {}, env: Texts = {}): string {
    const loaded = this.load(flags, env);
    return loaded.ok ? 'no complaint' : loaded.failure.message;
  }

  [Symbol.dispose](): void {
    this.#box[Symbol.dispose]();
  }
}
