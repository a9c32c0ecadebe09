/**
 * `GET /metrics` as a scraper reads it: a strict reading of the text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).
 * The one parser that npm has loses the labels of histograms, and was last released in 2019.
 */
import { expect } from 'bun:test';
import type { Rig } from '../support/rig.ts';

type Labels = Readonly<Record<string, string>>;

export interface Family {
  readonly help: string;
  readonly type: string;
  /** Names with their suffix. */
  readonly samples: { readonly name: string; readonly labels: Labels; readonly value: number }[];
}

export type Figures = ReadonlyMap<string, Family>;

export async function scrape(rig: Rig): Promise<Figures> {
  const response = await rig.request('/metrics');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parse(await response.text());
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const TYPES = ['counter', 'gauge', 'histogram'];
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"/g;

/** Throws for whatever is not of the format. */
export function parse(text: string): Figures {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family>();
  let help: { readonly name: string; readonly text: string } | undefined;
  let current: { readonly name: string; readonly family: Family } | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (!NAME.test(name) || families.has(name)) throw new Error(`bad or repeated name: ${line}`);
      help = { name, text: rest };
    } else if (kind === 'TYPE') {
      if (help?.name !== name || !TYPES.includes(rest)) throw new Error(`bad type: ${line}`);
      current = { name, family: { help: help.text, type: rest, samples: [] } };
      families.set(name, current.family);
    } else if (current === undefined) throw new Error(`a sample before its type: ${line}`);
    else current.family.samples.push(sample(line, current.name, current.family.type));
  }
  for (const [name, { samples }] of families) {
    const series = samples.map(({ name: full, labels }) => JSON.stringify([full, labels]));
    if (new Set(series).size !== series.length) throw new Error(`${name} has a series twice`);
  }
  return families;
}

function sample(line: string, family: string, type: string): Family['samples'][number] {
  const [, name = '', labels = '', text = ''] = SAMPLE.exec(line) ?? [];
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  const value = text === '+Inf' ? Infinity : Number(text);
  if (!suffixes.some((suffix) => name === family + suffix) || (Number.isNaN(value) && text !== 'Nan' && text !== 'NaN'))
    throw new Error(`not a sample of ${family}: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', quoted = '']) => [label, unquoted(quoted)] as const);
  return { name, labels: Object.fromEntries(pairs), value };
}

const unquoted = (text: string): string =>
  text.replaceAll(/\\([\\"n])/g, (_whole, char: string) => (char === 'n' ? '\n' : char));

/** The value of the sample with exactly these labels; `suffix` is for histograms. */
export function valueOf(figures: Figures, name: string, labels: Labels = {}, suffix = ''): number | undefined {
  const family = figures.get(name);
  if (family === undefined) throw new Error(`there is no metric ${name}`);
  return family.samples.find((one) => one.name === name + suffix && Bun.deepEquals(one.labels, labels))?.value;
}
