/** What a user does with each kind of work, from its beginning to its end. */
import { expect } from 'bun:test';
import { join } from 'node:path';
import type { AgentTurn } from '../../../src/protocol/agents.ts';
import { scriptedAgentLine } from '../../support/agents/scripted.ts';
import type { JobView, Rig } from '../../support/rig.ts';
import { waitFor } from '../../support/wait.ts';
import { Refused } from './each-failure.ts';

/** An answer, or `Refused` with the sentence that the server gave. */
async function ask<T>(rig: Rig, path: string, json?: unknown, method?: string): Promise<T> {
  const { status, body } = await rig.ask(path, {
    ...(json !== undefined && { json }),
    ...(method !== undefined && { method }),
  });
  if (status < 400) return body as T;
  const { error } = body as { error?: unknown };
  if (typeof error !== 'string' || !error.includes(' ') || error === 'internal error')
    throw new Error(`${path} answers ${status} without a sentence: ${JSON.stringify(body)}`);
  throw new Refused(error);
}

/** A body that is no JSON. One that breaks off is asked for again by whoever reads it. */
async function text(rig: Rig, path: string): Promise<string> {
  const answer = await rig.request(path);
  const body = await answer.text().catch((error: unknown) => Promise.reject(new Refused(String(error))));
  if (answer.status >= 400) throw new Refused(body);
  return body;
}

async function ended(rig: Rig, id: string): Promise<JobView> {
  return waitFor(`job ${id} to end`, async () => {
    const now = await ask<JobView>(rig, `/jobs/${id}?wait=5`);
    return now.exitCode === undefined ? undefined : now;
  });
}

export async function jobStory(rig: Rig, newMarker: () => string): Promise<void> {
  const [marker, waiting] = [newMarker(), newMarker()];
  const command = `echo begun; read line; echo "$line"; echo told >&2; sleep ${marker} & exit 3`;
  const ids: string[] = [];
  const submit = async (body: object) => {
    const { jobId } = await ask<{ jobId: string }>(rig, '/exec', { timeout: 30, ...body });
    ids.push(jobId);
    return jobId;
  };
  try {
    const sleeping = await submit({ command: `sleep ${waiting}` });
    const talking = await submit({ command, background: 'end' });
    const input = await ask<{ reason?: string }>(rig, `/jobs/${talking}/input`, { data: 'typed\n', eof: true });
    if (input.reason !== undefined) throw new Refused(input.reason);
    expect(await text(rig, `/jobs/${talking}/events`)).toContain('event: ');
    const job = await ended(rig, talking);
    if (job.status === 'failed' && job.exitCode !== 3) throw new Refused(job.stderr);
    expect(job).toMatchObject({ exitCode: 3, stdout: 'begun\ntyped\n', stderr: 'told\n' });
    expect(await text(rig, `/jobs/${talking}/output?stream=stdout`)).toBe('begun\ntyped\n');
    await ask(rig, `/jobs/${sleeping}/cancel`, {});
    await ended(rig, sleeping);
  } finally {
    for (const id of ids) await end(rig, id);
  }
}

export async function sessionStory(rig: Rig, newMarker: () => string): Promise<void> {
  const [marker, waiting] = [newMarker(), newMarker()];
  const sessionKey = `story-${marker}`;
  const run = async (command: string) => {
    const body = { mode: 'persistent_shell', shell: 'bash', sessionKey, command, timeout: 20 };
    return (await ask<{ jobId: string }>(rig, '/exec', body)).jobId;
  };
  const outcome = async (id: string) => {
    const job = await ended(rig, id);
    if (job.status === 'failed' && job.stderr !== '' && job.exitCode !== 4) throw new Refused(job.stderr);
    return job;
  };
  const ids: string[] = [];
  try {
    for (const command of [`kept=${marker}; sleep ${marker} >/dev/null 2>&1 &`, 'echo $kept; echo told >&2; (exit 4)'])
      ids.push(await run(command));
    expect(await outcome(ids[0] ?? '')).toMatchObject({ exitCode: 0, status: 'completed' });
    const job = await outcome(ids[1] ?? '');
    expect(job).toMatchObject({ exitCode: 4, stdout: `${marker}\n`, stderr: 'told\n' });
    const sleeping = await run(`sleep ${waiting}`);
    ids.push(sleeping);
    await ask(rig, `/jobs/${sleeping}/cancel`, {});
    await ended(rig, sleeping);
  } finally {
    for (const id of ids) await end(rig, id);
    await retried(() => ask(rig, `/sessions/${sessionKey}`, undefined, 'DELETE'));
  }
}

export async function terminalStory(rig: Rig, newMarker: () => string): Promise<void> {
  const marker = newMarker();
  const { id } = await ask<{ id: string }>(rig, '/terminals', { shell: 'bash', name: `t${marker}` });
  try {
    const one = await ask<{ output: string; exitCode: number }>(rig, `/terminals/${id}/execute`, {
      command: `sleep ${marker} & echo said; (exit 5)`,
      timeout: 20,
    });
    expect(one).toMatchObject({ exitCode: 5, status: 'done' });
    expect(one.output).toContain('said');
    await ask(rig, `/terminals/${id}/resize`, { cols: 100, rows: 30 });
    await ask(rig, `/terminals/${id}/input`, { data: 'echo ty"ped"\r' });
    await waitFor('what was typed to be run', async () => {
      const { lines } = await ask<{ lines: string[] }>(rig, `/terminals/${id}/screen`);
      return lines.some((line) => line.startsWith('typed'));
    });
    const { data } = await ask<{ data: string }>(rig, `/terminals/${id}/output?since=0`);
    expect(data).toContain('typed');
  } finally {
    await retried(() => ask(rig, `/terminals/${id}`, undefined, 'DELETE'));
  }
}

interface Session {
  readonly state: string;
  readonly error?: string;
}

export async function agentStory(rig: Rig, newMarker: () => string): Promise<void> {
  const [marker, waiting] = [newMarker(), newMarker()];
  const { id } = await ask<{ id: string }>(rig, '/agents/sessions', {
    agent: scriptedAgentLine('--marker', marker),
    cwd: rig.place.cwd,
  });
  const path = `/agents/sessions/${id}`;
  try {
    await waitFor('the session to be open', async () => {
      const { state, error = '' } = await ask<Session>(rig, path);
      if (state === 'failed') throw new Refused(error);
      return state === 'idle' || undefined;
    });
    const file = join(rig.place.cwd, 'notes');
    const calls = `[[write ${file}|kept]][[read ${file}]][[terminal sleep ${waiting} >/dev/null 2>&1 & echo shown]]`;
    const turn = await ask<AgentTurn>(rig, `${path}/prompt?wait=20`, { text: `${calls}[[permission edit|${file}]]` });
    if (turn.stopReason === 'error') throw new Refused(turn.error);
    // What the agent was refused it tells.
    if (/ failed: -32603 .+ /.test(turn.text)) throw new Refused(turn.text);
    expect(turn.text).toBe('writtenread: keptterminal: exit 0: shown\npermission: selected allow');
    expect(await text(rig, `${path}/events?format=json&limit=1000`)).toContain('turn_end');
  } finally {
    // It is closed, and then its record goes.
    for (let count = 0; count < 2; count += 1) await retried(() => ask(rig, path, undefined, 'DELETE'));
  }
}

export async function agentJobStory(rig: Rig, newMarker: () => string): Promise<void> {
  const marker = newMarker();
  const { jobId } = await ask<{ jobId: string }>(rig, '/exec', {
    mode: 'acp',
    agent: scriptedAgentLine('--marker', marker),
    prompt: `[[terminal sleep ${newMarker()} >/dev/null 2>&1 & echo shown]][[say done]]`,
    workdir: rig.place.cwd,
  });
  try {
    const job = await ended(rig, jobId);
    const why = job.status === 'failed' ? job.acpError : / failed: -32603 .+/.exec(job.stdout)?.[0];
    if (why !== undefined) throw new Refused(why);
    expect(job).toMatchObject({ status: 'completed', stopReason: 'end_turn', stdout: 'terminal: exit 0: shown\ndone' });
  } finally {
    await end(rig, jobId);
  }
}

/** What a failure kept from its end a user ends. */
async function end(rig: Rig, id: string): Promise<void> {
  await retried(() => ask(rig, `/jobs/${id}/cancel`, {}));
  await retried(() => ended(rig, id));
}

/** Once more, as a user does who is told why it did not work; what is gone then has ended. */
async function retried(action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch {
    await action().catch((error: unknown) => {
      if (!String(error).includes('not found')) throw error;
    });
  }
}
