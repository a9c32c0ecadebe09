/** The verb `update`, beside a server whose updater says what the story wants. */
import { expect, test } from 'bun:test';
import type { UpdateResource } from '../../../src/protocol/update.ts';
import { World, type Done } from '../world.ts';

type State = Partial<UpdateResource>;
const RUNNING: State = { version: '1.0.0', channel: 'stable', state: 'idle', bad: [] };

interface Story {
  /** What it says each time it is asked; the last for good. */
  readonly states: readonly State[];
  /** What it answers to who asks for an update. Default: that it begins. */
  readonly answer?: { readonly status: number; readonly body: object };
}

/** Runs `update` with these arguments; with what was posted. */
async function update(story: Story, ...args: string[]): Promise<Done & { readonly posted: readonly unknown[] }> {
  await using world = World.empty();
  const states = [...story.states];
  const posted: unknown[] = [];
  using server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      if (request.method === 'GET')
        return Response.json({ ...RUNNING, ...(states.length > 1 ? states.shift() : states[0]) });
      posted.push(request.method === 'DELETE' ? 'DELETE' : await request.json());
      const { status = 200, body = { status: 'updating' } } = story.answer ?? {};
      return Response.json(body, { status });
    },
  });
  const env = { AGENT_SERVER_URL: server.url.origin, AGENT_SERVER_KEY: 'any' };
  return { ...(await world.cli(['update', ...args], { env })), posted };
}

const stopped = (message: string) => ({ status: 200, body: { status: 'checked', message } });

test('shows each step on stderr, over the restart, and what it has come to on stdout', async () => {
  const steps: State[] = [
    {},
    { state: 'downloading', available: '1.1.0', download: { receivedBytes: 5e6, totalBytes: 1e7 } },
    { state: 'trying', available: '1.1.0' },
    { state: 'trial', version: '1.1.0', trial: { version: '1.1.0', previous: '1.0.0', startedAt: 1 } },
  ];
  expect(await update({ states: steps })).toEqual({
    code: 0,
    stdout: 'updated from 1.0.0 to 1.1.0; it is on trial, and 1.0.0 is restored if it fails\n',
    stderr: 'agent-server: downloading version 1.1.0: 50 % of 10 MB\nagent-server: version 1.1.0 tests itself\n',
    posted: [{ when: 'now' }],
  });
});

test('a version that was rolled back is an error: one line on stderr, exit code 1', async () => {
  const bad = [{ version: '1.1.0', why: 'it did not answer' }];
  const states: State[] = [{}, { bad }];
  expect(await update({ states })).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'agent-server: version 1.1.0 was rolled back: it did not answer\n',
  });
  const asJson = await update({ states }, '--json');
  expect(asJson).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(asJson.stdout)).toMatchObject({ bad: [{ version: '1.1.0' }] });
});

test('nothing newer is no error', async () => {
  const states: State[] = [{}, { upToDate: true, lastError: '1.0.0 is the newest version' }];
  expect(await update({ states })).toMatchObject({ code: 0, stdout: '1.0.0 is the newest version\n', stderr: '' });
});

test('--check says what there is, and how to install it', async () => {
  const found = await update({ states: [{ available: '1.1.0' }], answer: stopped('1.1.0 is there') }, '--check');
  expect(found).toMatchObject({ code: 0, stderr: '', posted: [{ check: true }] });
  expect(found.stdout).toBe('1.1.0 is there; install it with: npm start -- update\n');
});

test('--check that could not look is an error', async () => {
  const story = { states: [{}], answer: stopped('there are no releases at that address') };
  expect(await update(story, '--check')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'agent-server: there are no releases at that address\n',
  });
  expect(await update(story, '--check', '--json')).toMatchObject({ code: 1, stderr: '' });
});

test('a server that is busy refuses, and the message says how to wait', async () => {
  const body = { error: 'cannot update while jobs are running', running_jobs: 2 };
  expect(await update({ states: [{}], answer: { status: 409, body } })).toMatchObject({
    code: 1,
    stdout: '',
    stderr:
      'agent-server: the server says: cannot update while jobs are running; end them, or wait until they have ended: npm start -- update --when-idle\n',
  });
  expect(await update({ states: [{ state: 'scheduled' }] }, '--when-idle', '--no-wait')).toMatchObject({
    code: 0,
    posted: [{ when: 'idle' }],
  });
});

test('--cancel calls it off', async () => {
  expect(await update({ states: [{}] }, '--cancel')).toMatchObject({
    code: 0,
    stdout: 'no update is scheduled or under way\n',
    posted: ['DELETE'],
  });
});
