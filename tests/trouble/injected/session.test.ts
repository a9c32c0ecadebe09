/** The story of a session, with each call of the server to the system failing once. */
import { eachFailure } from './each-failure.ts';
import { injectFailures } from './failing-calls.ts';

await injectFailures();

const { Rig } = await import('../../support/rig.ts');
const { inProcess } = await import('../../support/doors.ts');
const { sessionStory } = await import('./stories.ts');

eachFailure('a session', 100, () => Rig.start(inProcess), sessionStory);
