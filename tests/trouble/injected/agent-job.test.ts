/** The story of a job of an agent, with each call of the server to the system failing once. */
import { eachFailure } from './each-failure.ts';
import { injectFailures } from './failing-calls.ts';

await injectFailures();

const { Rig } = await import('../../support/rig.ts');
const { inProcess } = await import('../../support/doors.ts');
const { agentJobStory } = await import('./stories.ts');

eachFailure('a job of an agent', 75, () => Rig.start(inProcess, { flags: { 'agent-grace': '0.5' } }), agentJobStory);
