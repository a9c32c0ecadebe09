/**
 * Two real agents, offline: they talk to the fake model, and have a HOME of their own.
 *
 *     const agents = await RealAgents.installed();
 *     test.skipIf(agents === undefined)('…', …  agents.agent('kimi', model, home)
 *
 * Two of many: what works only with these two is not done.
 */
import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { agentPrograms, copilotCache } from './install.ts';
import type { FakeModel } from './model/fake-model.ts';

export const REAL_AGENTS = ['copilot', 'kimi'] as const;
export type RealAgentName = (typeof REAL_AGENTS)[number];

interface RealAgent {
  readonly name: RealAgentName;
  /** The program by its path, and its arguments. */
  readonly argv: readonly string[];
  /** All that it needs, PATH and HOME among it. */
  readonly env: Readonly<Record<string, string>>;
}

export class RealAgents {
  /** Where `copilot`, `kimi` and their `node` are. */
  readonly programs: string;

  private constructor(programs: string) {
    this.programs = programs;
  }

  /** Installs them on first use, which takes a quarter of a minute or more. Undefined, with a printed line: it cannot. */
  static async installed(): Promise<RealAgents | undefined> {
    const programs = await agentPrograms();
    return programs === undefined ? undefined : new RealAgents(programs);
  }

  agent(name: RealAgentName, model: FakeModel, home: string): RealAgent {
    mkdirSync(home, { recursive: true });
    const argv = [join(this.programs, name), ...ARGS[name]];
    // They are scripts of Node, and look for it on the PATH.
    const path = [this.programs, process.env['PATH'] ?? ''].join(delimiter);
    return { name, argv, env: { PATH: path, HOME: home, ...this.modelEnv(name, model) } };
  }

  /** Only what leads an agent to the model, for who gives it the rest. */
  modelEnv(name: RealAgentName, model: FakeModel): Record<string, string> {
    switch (name) {
      case 'copilot':
        return {
          COPILOT_OFFLINE: 'true',
          COPILOT_AUTO_UPDATE: 'false',
          COPILOT_CACHE_HOME: copilotCache(this.programs),
          COPILOT_PROVIDER_BASE_URL: model.url,
          COPILOT_PROVIDER_API_KEY: 'dummy',
          COPILOT_MODEL: 'fake-1',
        };
      case 'kimi':
        return {
          KIMI_CODE_NO_AUTO_UPDATE: '1',
          KIMI_DISABLE_TELEMETRY: '1',
          KIMI_MODEL_PROVIDER_TYPE: 'openai',
          KIMI_MODEL_BASE_URL: model.url,
          KIMI_MODEL_API_KEY: 'dummy',
          KIMI_MODEL_NAME: 'fake-1',
        };
    }
  }
}

const ARGS: Readonly<Record<RealAgentName, readonly string[]>> = { copilot: ['--acp', '--stdio'], kimi: ['acp'] };
