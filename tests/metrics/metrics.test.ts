/** `GET /metrics`: what it tells, that a scraper can read it, and that what is written of it is true. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { gauge } from '../../src/core/metric.ts';
import { Histogram } from '../../src/core/histogram.ts';
import { expositionOf } from '../../src/metrics/exposition.ts';
import fc from 'fast-check';
import { inProcess } from '../support/doors.ts';
import { Rig } from '../support/rig.ts';
import { parse, scrape, valueOf } from './scrape.ts';

describe('the figures', () => {
  test('tell of jobs by mode and status, of their durations and output', async () => {
    await using rig = await Rig.start(inProcess);
    const before = await scrape(rig);
    for (const [name, status] of [
      ['agent_server_jobs_active', 'running'],
      ['agent_server_jobs_finished_total', 'failed'],
    ] as const)
      expect(valueOf(before, name, { mode: 'persistent_shell', status })).toBe(0);
    await rig.run("printf 'hello'");
    await rig.run('exit 3');
    const gate = rig.gate();
    const waiting = await rig.exec(`printf 'and more'; ${rig.commands.waitForFile(gate.path)}`);
    await rig.waitFor('its output', async () => (await rig.job(waiting)).stdout === 'and more');
    const during = await scrape(rig);
    expect(valueOf(during, 'agent_server_jobs_active', { mode: 'shell', status: 'running' })).toBe(1);
    expect(valueOf(during, 'agent_server_jobs_finished_total', { mode: 'shell', status: 'completed' })).toBe(1);
    expect(valueOf(during, 'agent_server_jobs_finished_total', { mode: 'shell', status: 'failed' })).toBe(1);
    // What is still running has its part in it.
    expect(valueOf(during, 'agent_server_job_output_bytes_total', { mode: 'shell' })).toBe(13);
    expect(valueOf(during, 'agent_server_jobs_kept')).toBe(3);
    expect(valueOf(during, 'agent_server_job_duration_seconds', { mode: 'shell' }, '_count')).toBe(2);
    expect(valueOf(during, 'agent_server_job_duration_seconds', { mode: 'shell', le: '+Inf' }, '_bucket')).toBe(2);
    expect(valueOf(during, 'agent_server_active', { kind: 'jobs', where: '', stop: 'survives' })).toBe(1);
    gate.open();
    await rig.finished(waiting);
    const after = await scrape(rig);
    expect(valueOf(after, 'agent_server_jobs_active', { mode: 'shell', status: 'running' })).toBe(0);
    expect(valueOf(after, 'agent_server_job_output_bytes_total', { mode: 'shell' })).toBe(13);
    expect(valueOf(after, 'agent_server_active', { kind: 'jobs', where: '', stop: 'survives' })).toBe(0);
    expect(valueOf(after, 'agent_server_jobs_finished_total', { mode: 'shell', status: 'completed' })).toBe(2);
  });

  test('tell of terminals, and count what they printed after they are gone too', async () => {
    await using rig = await Rig.start(inProcess);
    const { id } = await rig.post<{ id: string }>('/terminals', {
      shell: 'sh',
      args: ['-c', "stty raw; printf 'ten bytes.'; exec cat"],
    });
    await rig.waitFor('the output of the terminal', async () => {
      const { next } = await rig.get<{ next: number }>(`/terminals/${id}/output`);
      return next === 10;
    });
    const during = await scrape(rig);
    expect(valueOf(during, 'agent_server_terminals')).toBe(1);
    expect(valueOf(during, 'agent_server_terminal_output_bytes_total')).toBe(10);
    await rig.ask(`/terminals/${id}`, { method: 'DELETE' });
    const after = await scrape(rig);
    expect(valueOf(after, 'agent_server_terminals')).toBe(0);
    expect(valueOf(after, 'agent_server_terminal_output_bytes_total')).toBe(10);
  });

  test('tell of requests by route and class of status, in words of the server alone', async () => {
    await using rig = await Rig.start(inProcess);
    await rig.ask('/jobs/no-such-job');
    await rig.ask('/jobs/another');
    await rig.ask('/jobs', { key: 'wrong' });
    await rig.ask('/made-up-by-a-client', { method: 'DELETE' });
    const figures = await scrape(rig);
    const requests = (labels: Readonly<Record<string, string>>) =>
      valueOf(figures, 'agent_server_http_requests_total', labels);
    expect(requests({ method: 'GET', route: '/jobs/{id}', status: '4xx' })).toBe(2);
    expect(requests({ method: 'GET', route: '/jobs', status: '4xx' })).toBe(1);
    expect(requests({ method: 'other', route: 'none', status: '4xx' })).toBe(1);
    expect(valueOf(figures, 'agent_server_http_unauthenticated_total')).toBe(1);
    // The scrape before is a request, too.
    expect(
      valueOf(await scrape(rig), 'agent_server_http_requests_total', {
        method: 'GET',
        route: '/metrics',
        status: '2xx',
      }),
    ).toBe(1);
  });

  test('tell how long an answer took, unless it waited because it was asked to', async () => {
    await using rig = await Rig.start(inProcess);
    const job = await rig.exec('exit 0');
    await rig.ask(`/jobs/${job}?tailLines=1&wait=30`);
    await rig.ask(`/jobs/${job}`);
    const figures = await scrape(rig);
    const route = { method: 'GET', route: '/jobs/{id}' };
    expect(valueOf(figures, 'agent_server_http_requests_total', { ...route, status: '2xx' })).toBe(2);
    expect(valueOf(figures, 'agent_server_http_request_duration_seconds', route, '_count')).toBe(1);
  });

  test('tell of the process and its version', async () => {
    await using rig = await Rig.start(inProcess);
    const figures = await scrape(rig);
    expect(valueOf(figures, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(valueOf(figures, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(
      Math.abs((valueOf(figures, 'process_start_time_seconds') ?? 0) + process.uptime() - Date.now() / 1000),
    ).toBeLessThan(60);
    // A restart is found by a change of it.
    for (let count = 0; count < 20; count += 1)
      expect(valueOf(await scrape(rig), 'process_start_time_seconds')).toBe(
        valueOf(figures, 'process_start_time_seconds') ?? Number.NaN,
      );
    expect(figures.get('agent_server_info')?.samples[0]?.labels['bun']).toBe(Bun.version);
    await rig.waitFor(
      'the first measure of the lag',
      async () => (valueOf(await scrape(rig), 'agent_server_event_loop_lag_seconds', {}, '_count') ?? 0) > 0,
    );
  });
});

describe('the text', () => {
  test('is read as it was meant, whatever is in a label', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const samples = [{ labels: { text, other: 'x' }, value: 1.5 }];
        const figures = parse((await expositionOf([gauge('a_metric', 'What it is.', samples)])).text);
        expect(figures.get('a_metric')?.samples).toEqual([{ name: 'a_metric', ...samples[0] }] as never);
      }),
    );
  });

  test('of a histogram has as many in each bucket as there were', async () => {
    const bounds = [1, 2, 5];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1 }), async (values) => {
        const histogram = new Histogram('h', 'What it is.', bounds);
        for (const value of values) histogram.observe({ mode: 'shell' }, value);
        const figures = parse((await expositionOf([histogram.read()])).text);
        const upTo = (bound: number) => values.filter((value) => value <= bound).length;
        for (const bound of bounds)
          expect(valueOf(figures, 'h', { mode: 'shell', le: String(bound) }, '_bucket')).toBe(upTo(bound));
        expect(valueOf(figures, 'h', { mode: 'shell', le: '+Inf' }, '_bucket')).toBe(values.length);
        expect(valueOf(figures, 'h', { mode: 'shell' }, '_count')).toBe(values.length);
        expect(valueOf(figures, 'h', { mode: 'shell' }, '_sum')).toBe(values.reduce((sum, value) => sum + value, 0));
      }),
    );
  });

  test('that is not of the format is found', () => {
    const head = '# HELP a What.\n# TYPE a gauge\n';
    expect(parse(`${head}a{x="1"} 2\n`).get('a')?.samples).toEqual([{ name: 'a', labels: { x: '1' }, value: 2 }]);
    for (const bad of [
      'a 1\n',
      `${head}a{x="1" 2\n`,
      `${head}b 2\n`,
      `${head}a x\n`,
      `${head}a 1`,
      `${head}a 1\na 2\n`,
    ])
      expect(() => parse(bad)).toThrow();
  });
});

test('they need the scope observe', async () => {
  await using rig = await Rig.start(inProcess);
  expect((await rig.ask('/metrics', { key: null })).status).toBe(401);
});

const docs = join(import.meta.dir, '..', '..', 'docs');
const names = (text: string): string[] => [...new Set(text.match(/\b(?:agent_server|process)_[a-z_]+\b/g) ?? [])];

interface Target {
  readonly expr: string;
  readonly legendFormat?: string;
}

/** All expressions of a dashboard, wherever in it they are. */
function targetsOf(dashboard: unknown): Target[] {
  if (typeof dashboard !== 'object' || dashboard === null) return [];
  const inside = Object.values(dashboard).flatMap(targetsOf);
  return 'expr' in dashboard ? [dashboard as Target, ...inside] : inside;
}

describe('what is written of them is true', () => {
  test('every metric of the dashboard exists, and it shows nearly all of them', async () => {
    await using rig = await Rig.start(inProcess);
    const known = [...(await scrape(rig)).keys()];
    const shown = names(await Bun.file(join(docs, 'grafana.json')).text()).map((name) => name.replace(/_bucket$/, ''));
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('every label that an expression of the dashboard goes by exists, and its legends name no others', async () => {
    await using rig = await Rig.start(inProcess);
    await rig.run('exit 0');
    const figures = await scrape(rig);
    const labelsOf = (name: string): string[] => {
      const samples = figures.get(name.replace(/_bucket$/, ''))?.samples ?? [];
      return [
        'instance',
        ...(name.endsWith('_bucket') ? ['le'] : []),
        ...samples.flatMap(({ labels }) => Object.keys(labels)),
      ];
    };
    const targets = targetsOf(await Bun.file(join(docs, 'grafana.json')).json());
    expect(targets.length).toBeGreaterThan(15);
    for (const { expr, legendFormat = '' } of targets) {
      const [name = '', ...others] = names(expr);
      expect({ expr, others }).toEqual({ expr, others: [] });
      const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ');
      const selected = [...expr.matchAll(/[{,]\s*(\w+)\s*=~?/g)].map(([, label = '']) => label);
      const missing = [...(grouped ?? []), ...selected].filter((label) => !labelsOf(name).includes(label));
      expect({ expr, missing }).toEqual({ expr, missing: [] });
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
      const kept = grouped ?? (/\bsum\(/.test(expr) ? [] : labelsOf(name));
      expect({ legendFormat, expr, unknown: shown.filter((label) => !kept.includes(label)) }).toEqual({
        legendFormat,
        expr,
        unknown: [],
      });
    }
  });

  test('the documentation has every metric, and no other', async () => {
    await using rig = await Rig.start(inProcess);
    const known = [...(await scrape(rig)).keys()];
    const text = (await Bun.file(join(docs, 'watching.md')).text()).replaceAll('`…_', '`agent_server_');
    expect(names(text).toSorted()).toEqual(known.toSorted());
  });
});
