/** How the scripted agent is started; what it can do is in the head of tests/fixtures/scripted-agent.ts. */
import { AGENT_FILE } from '../bundled-program.ts';

export const scriptedAgent = (...flags: readonly string[]): string[] => [process.execPath, AGENT_FILE, ...flags];

/** The same as a command line, for what takes an agent as text. */
export const scriptedAgentLine = (...flags: readonly string[]): string =>
  scriptedAgent(...flags)
    .map((word) => `"${word}"`)
    .join(' ');
