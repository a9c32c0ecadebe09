/** The story of a job, with each call of the server to the system failing once. */
import { injectFailures } from './failing-calls.ts';
import { eachFailure } from './each-failure.ts';

await injectFailures();

const { Rig } = await import('../../support/rig.ts');
const { inProcess } = await import('../../support/doors.ts');
const { jobStory } = await import('./stories.ts');

eachFailure('a job', 75, () => Rig.start(inProcess), jobStory);
