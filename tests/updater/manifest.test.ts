/** What is accepted as a manifest, and which manifests offer a machine something. */
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { explainRefusal } from '../../src/updater/explain.ts';
import {
  judgeManifest,
  MAX_MANIFEST_BYTES,
  parseManifest,
  type Manifest,
  type Situation,
} from '../../src/updater/manifest.ts';
import { MANIFEST } from './manifest-fixture.ts';

const parse = (document: unknown) => parseManifest(Buffer.from(JSON.stringify(document)));
const withArtifact = (change: Record<string, unknown>) => ({
  ...MANIFEST,
  artifacts: { 'linux-x64': { ...MANIFEST.artifacts['linux-x64'], ...change } },
});

describe('parsing', () => {
  test('keeps every field it knows, and drops what it does not', () => {
    const extra = { ...MANIFEST, notes: 'https://127.0.0.1/', artifacts: { ...MANIFEST.artifacts } };
    expect(parse(extra)).toEqual({ ok: true, value: MANIFEST });
    expect(parse(withArtifact({ url: 'https://127.0.0.1/' })).ok).toBe(true);
    expect(parse({ ...MANIFEST, version: '2.0.0-rc.1+build.7' }).ok).toBe(true);
  });

  const { issued: _, ...undated } = MANIFEST;
  test.each<[what: string, document: unknown, problem: string]>([
    ['an array', [MANIFEST], 'it is not a JSON object'],
    ['nothing', null, 'it is not a JSON object'],
    ['a later schema', { ...MANIFEST, schema: 2 }, 'its schema is 2, and this program knows only 1'],
    ['a product that is no text', { ...MANIFEST, product: 7 }, 'product is 7, not a name'],
    ['a channel with a slash', { ...MANIFEST, channel: 'a/b' }, 'channel is "a/b", not a name'],
    ['a sequence of none', { ...MANIFEST, seq: 0 }, 'seq is 0, not a whole number above 0'],
    ['a sequence that is a fraction', { ...MANIFEST, seq: 1.5 }, 'seq is 1.5, not a whole number above 0'],
    ['a sequence past 2^53', { ...MANIFEST, seq: 2 ** 53 }, 'seq is 9007199254740992, not a whole number above 0'],
    ['a sequence as text', { ...MANIFEST, seq: '8' }, 'seq is "8", not a whole number above 0'],
    ['no date', undated, 'issued is missing, not a time in UTC by ISO 8601'],
    [
      'a date that is none',
      { ...MANIFEST, issued: '2026-02-30T00:00:00Z' },
      'issued is "2026-02-30T00:00:00Z", not a time in UTC by ISO 8601',
    ],
    [
      'a date in words',
      { ...MANIFEST, expires: 'May 1, 2027' },
      'expires is "May 1, 2027", not a time in UTC by ISO 8601',
    ],
    ['an end before its beginning', { ...MANIFEST, expires: MANIFEST.issued }, 'it expires before it is issued'],
    ['a version with a v', { ...MANIFEST, version: 'v2.0.0' }, 'version is "v2.0.0", not a semantic version'],
    ['a version with a path', { ...MANIFEST, version: '2.0.0/..' }, 'version is "2.0.0/..", not a semantic version'],
    ['no artifacts', { ...MANIFEST, artifacts: {} }, 'artifacts is empty'],
    ['artifacts as a list', { ...MANIFEST, artifacts: [] }, 'artifacts is [], not an object'],
    [
      'a control character',
      { ...MANIFEST, version: '\u009b2J' },
      String.raw`version is "\u009b2J", not a semantic version`,
    ],
  ])('refuses %s', (_what, document, problem) => {
    expect(parse(document)).toEqual({ ok: false, failure: { reason: 'manifest-malformed', problem } });
  });

  test.each(['', '.', '..', '../x', 'a/b', String.raw`a\b`, '/etc/passwd', 'C:x', 'a b', 'a\0', 'ä', 'x'.repeat(101)])(
    'refuses the file name %j',
    (file) => {
      expect(parse(withArtifact({ file }))).toMatchObject({ failure: { reason: 'manifest-malformed' } });
    },
  );

  test.each([
    { size: 0 },
    { size: -1 },
    { size: 2 ** 30 + 1 },
    { size: 1.5 },
    { size: '9' },
    { sha256: 'A'.repeat(64) },
    { sha256: 'a'.repeat(63) },
    { sha256: `${'a'.repeat(64)}\n` },
  ])('refuses the artifact with %j', (change) => {
    expect(parse(withArtifact(change))).toMatchObject({ failure: { reason: 'manifest-malformed' } });
  });

  test('refuses a target that is no name', () => {
    const artifacts = JSON.parse(`{"__proto__":${JSON.stringify(MANIFEST.artifacts['linux-x64'])}}`) as unknown;
    expect(parse({ ...MANIFEST, artifacts })).toMatchObject({ failure: { reason: 'manifest-malformed' } });
  });

  test('refuses what is too long, and what is not UTF-8', () => {
    const long = Buffer.from(JSON.stringify({ ...MANIFEST, notes: 'x'.repeat(MAX_MANIFEST_BYTES) }));
    const failure = { reason: 'manifest-too-large', bytes: long.length, limit: MAX_MANIFEST_BYTES } as const;
    expect(parseManifest(long)).toEqual({ ok: false, failure });
    const text = JSON.stringify({ ...MANIFEST, notes: '?' });
    const bytes = Buffer.from(text);
    bytes[text.indexOf('?')] = 0xff;
    expect(parseManifest(bytes)).toMatchObject({ failure: { reason: 'manifest-malformed' } });
  });
});

/** Any JSON in any place of a manifest that is otherwise right, so that each check is reached. */
const anyManifest = fc
  .record({
    ...Object.fromEntries(
      Object.entries(MANIFEST).map(([name, value]) => [name, fc.oneof(fc.constant(value), fc.jsonValue())]),
    ),
    artifacts: fc.dictionary(
      fc.string(),
      fc.record({
        file: fc.oneof(fc.string(), fc.stringMatching(/^[./\\A-Za-z0-9_-]+$/), fc.webPath()),
        size: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
        sha256: fc.oneof(fc.constant('a'.repeat(64)), fc.jsonValue()),
      }),
    ),
  })
  .map((document) => Buffer.from(JSON.stringify(document)));

describe('whatever comes', () => {
  test('parsing never throws, and never lets a path through', () => {
    const anything = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => Buffer.from(text)),
      anyManifest,
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const parsed = parseManifest(bytes);
        if (!parsed.ok) return expect(explainRefusal(parsed.failure)).not.toBeEmpty();
        for (const { file, size, sha256 } of Object.values(parsed.value.artifacts)) {
          expect(file).not.toMatch(/[/\\:\s]|^\.{1,2}$/);
          expect(size).toBeWithin(1, 2 ** 30 + 1);
          expect(sha256).toHaveLength(64);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('names that are no path are let through', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,90}$/), (file) => {
        expect(parse(withArtifact({ file })).ok).toBe(true);
      }),
    );
  });
});

describe('judging', () => {
  const here: Situation = {
    channel: 'stable',
    target: 'linux-x64',
    version: '1.0.0',
    seq: 7,
    now: Date.parse('2026-06-15T00:00:00Z'),
    bad: new Map(),
  };

  test('offers what is newer', () => {
    const { version, seq, issued, artifacts } = MANIFEST;
    const offer = { version, seq, issued, artifact: artifacts['linux-x64'] };
    expect(judgeManifest(MANIFEST, here)).toEqual({ ok: true, value: offer });
    expect(judgeManifest(MANIFEST, { ...here, version: '2.0.0-rc.9' }).ok).toBe(true);
    expect(judgeManifest(MANIFEST, { ...here, bad: new Map([['1.9.0', 'it crashed']]) }).ok).toBe(true);
    // A clock that was set back cannot make an old manifest new: the sequence number has no clock.
    expect(judgeManifest(MANIFEST, { ...here, now: 0 }).ok).toBe(true);
    expect(judgeManifest({ ...MANIFEST, seq: 7 }, { ...here, now: 0 })).toMatchObject({
      failure: { reason: 'replayed' },
    });
  });

  const running = { reason: 'not-newer', version: '2.0.0' };
  test.each<[what: string, manifest: object, situation: object, failure: object]>([
    ['another product', { product: 'other' }, {}, { reason: 'product-differs', product: 'other' }],
    ['another channel', { channel: 'beta' }, {}, { reason: 'channel-differs', channel: 'beta', own: 'stable' }],
    [
      'the end of its time',
      {},
      { now: Date.parse(MANIFEST.expires) },
      { reason: 'expired', expires: MANIFEST.expires },
    ],
    ['the version that runs', {}, { version: '2.0.0' }, { ...running, running: '2.0.0' }],
    ['the same with other build metadata', {}, { version: '2.0.0+b' }, { ...running, running: '2.0.0+b' }],
    ['an older one', {}, { version: '2.0.1-rc.1' }, { ...running, running: '2.0.1-rc.1' }],
    ['an older one by number, not by letter', {}, { version: '10.0.0' }, { ...running, running: '10.0.0' }],
    [
      'one that was bad here',
      {},
      { bad: new Map([['2.0.0', 'it crashed']]) },
      { reason: 'version-bad', version: '2.0.0', why: 'it crashed' },
    ],
    ['the recorded sequence number', {}, { seq: 8 }, { reason: 'replayed', seq: 8, recorded: 8 }],
    ['a lower one', {}, { seq: 9 }, { reason: 'replayed', seq: 8, recorded: 9 }],
    [
      'no executable for this machine',
      {},
      { target: 'darwin-x64' },
      { reason: 'no-artifact', target: 'darwin-x64', targets: ['linux-x64', 'windows-x64'] },
    ],
    [
      'a target that every object has',
      {},
      { target: 'constructor' },
      { reason: 'no-artifact', target: 'constructor', targets: ['linux-x64', 'windows-x64'] },
    ],
  ])('refuses %s', (_what, manifest, situation, failure) => {
    const judged = judgeManifest({ ...MANIFEST, ...manifest }, { ...here, ...situation });
    expect(judged).toMatchObject({ ok: false, failure });
    if (!judged.ok) expect(explainRefusal(judged.failure)).toMatch(/^[^.].*[^.]$/);
  });

  test('says the first reason of several, in the order of the checks', () => {
    const faults: readonly [change: Partial<Manifest>, situation: Partial<Situation>, reason: string][] = [
      [{ product: 'other' }, {}, 'product-differs'],
      [{ channel: 'beta' }, {}, 'channel-differs'],
      [{}, { now: Date.parse('2030-01-01T00:00:00Z') }, 'expired'],
      [{}, { version: '3.0.0' }, 'not-newer'],
      [{}, { bad: new Map([['2.0.0', 'it crashed']]) }, 'version-bad'],
      [{}, { seq: 8 }, 'replayed'],
      [{}, { target: 'darwin-x64' }, 'no-artifact'],
    ];
    for (const [index, [, , reason]] of faults.entries()) {
      const rest = faults.slice(index);
      const manifest = Object.assign({}, MANIFEST, ...rest.map(([change]) => change));
      const situation = Object.assign({}, here, ...rest.map(([, change]) => change));
      expect(judgeManifest(manifest, situation)).toMatchObject({ failure: { reason } });
    }
  });
});
