/** The story of a session with an agent, with each call of the server to the system failing once. */
import { eachFailure } from './each-failure.ts';
import { injectFailures } from './failing-calls.ts';

await injectFailures();

const { Rig } = await import('../../support/rig.ts');
const { inProcess } = await import('../../support/doors.ts');
const { agentStory } = await import('./stories.ts');

eachFailure('a session with an agent', 75, () => Rig.start(inProcess, { flags: { 'agent-grace': '0.5' } }), agentStory);
