/** `serve --wrapper`, from source: what the supervisor does for a server that nobody updates. */
import { afterEach, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sandbox } from '../../support/sandbox.ts';
import { waitFor } from '../../support/wait.ts';

const MAIN = join(import.meta.dir, '../../../src/main.ts');
const started: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

class World implements Disposable {
  readonly box = new Sandbox();
  said = '';

  start(...args: string[]): Bun.Subprocess<'ignore', 'pipe', 'pipe'> {
    const child = Bun.spawn({
      cmd: [process.execPath, MAIN, 'serve', '--port', '0', '--data-dir', this.box.file('data'), ...args],
      cwd: this.box.path,
      env: { PATH: process.env['PATH'] ?? '', HOME: this.box.path },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    });
    started.push(child);
    for (const stream of [child.stdout, child.stderr]) void this.#listen(stream);
    return child;
  }

  get holder(): { readonly pid: number; readonly url: string } | undefined {
    const path = this.box.file('data', 'server.json');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    // Read while it is being written.
    return text.endsWith('}') || text.endsWith('}\n') ? (JSON.parse(text) as { pid: number; url: string }) : undefined;
  }

  /** Its pid, once a server answers that is not the one given. */
  up(before?: number): Promise<number> {
    return waitFor('a server that answers', async () => {
      const { pid, url } = this.holder ?? {};
      if (pid === undefined || pid === before) return undefined;
      return (await fetch(`${url}/healthz`).catch(() => undefined)) === undefined ? undefined : pid;
    });
  }

  async ask<T>(path: string, json?: unknown): Promise<T> {
    const answer = await fetch(`${this.holder?.url}${path}`, {
      headers: {
        'x-api-key': readFileSync(this.box.file('devpilot-agent', 'api_key'), 'utf8'),
        'content-type': 'application/json',
      },
      ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
    });
    return (await answer.json()) as T;
  }

  async job(id: string): Promise<{ status: string; exitCode?: number; stdout?: string }> {
    return this.ask(`/jobs/${id}`);
  }

  [Symbol.dispose](): void {
    this.box[Symbol.dispose]();
  }

  async #listen(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const bytes of stream) this.said += new TextDecoder().decode(bytes);
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const ended = (pid: number) => waitFor(`the end of ${pid}`, () => !isAlive(pid));

describe.skipIf(process.platform === 'win32')('a server under a supervisor', () => {
  test('that is killed comes back on the same port, and its jobs go on', async () => {
    using world = new World();
    const wrapper = world.start('--wrapper');
    const first = await world.up();
    const { url } = world.holder ?? {};
    const { jobId } = await world.ask<{ jobId: string }>('/exec', { command: 'sleep 300' });
    process.kill(first, 'SIGKILL');
    await world.up(first);
    expect(world.holder?.url).toBe(url as string);
    expect(await world.job(jobId)).toMatchObject({ status: 'running' });
    await world.ask(`/jobs/${jobId}/cancel`, {});
    // Jobs do not see what the supervisor says to the server.
    const shown = await world.ask<{ jobId: string }>('/exec', { command: 'env | grep -c AGENT_SERVER_SUPERVISOR' });
    await waitFor('the job', async () => (await world.job(shown.jobId)).exitCode === 1);
    wrapper.kill('SIGTERM');
    expect(await wrapper.exited).toBe(0);
  });

  test('gets its signals: one stops it, Ctrl-C twice ends its jobs too', async () => {
    using world = new World();
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) {
      const wrapper = world.start('--wrapper');
      const server = await world.up(world.holder?.pid);
      wrapper.kill(signal);
      expect(await wrapper.exited).toBe(0);
      await ended(server);
    }
    const wrapper = world.start('--wrapper');
    await world.up(world.holder?.pid);
    const { jobId } = await world.ask<{ jobId: string }>('/exec', { command: 'echo $$; exec sleep 300' });
    const pid = await waitFor('the job', async () => Number((await world.job(jobId)).stdout ?? '') || undefined);
    wrapper.kill('SIGINT');
    await waitFor('the question', () => world.said.includes('Press Ctrl-C again'));
    wrapper.kill('SIGINT');
    expect(await wrapper.exited).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  test('is not ended midway when its whole group is signalled', async () => {
    using world = new World();
    const wrapper = world.start('--wrapper');
    const server = await world.up();
    for (let time = 0; time < 3; time++) process.kill(server, 'SIGTERM');
    wrapper.kill('SIGTERM');
    expect(await wrapper.exited).toBe(0);
    await ended(server);
    expect(world.said).not.toContain('is started again');
  });

  test('ends when the supervisor is killed', async () => {
    using world = new World();
    const wrapper = world.start('--wrapper');
    const server = await world.up();
    wrapper.kill('SIGKILL');
    await ended(server);
  });

  test('that is refused its start passes that through, with the reason', async () => {
    using world = new World();
    world.start();
    await world.up();
    const wrapper = world.start('--wrapper');
    expect(await wrapper.exited).toBe(1);
    await waitFor('the reason', () => world.said.includes('agent-server already runs at'));
  });
});
