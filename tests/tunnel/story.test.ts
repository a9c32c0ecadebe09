/** The whole inherited command line, from source. */
import { test } from 'bun:test';
import { wholeStory } from './whole-story.ts';

test('a new machine becomes known to its dashboard, and stays known', () => wholeStory(), 90_000);
