/** What holds for whatever an agent sends. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { POLICY_NAMES } from '../../../src/agents/policy/policy-name.ts';
import { ALL_OPTIONS, ask, confine } from './question.ts';

const KINDS = [
  'read',
  'edit',
  'delete',
  'move',
  'search',
  'execute',
  'think',
  'fetch',
  'switch_mode',
  'other',
  'browse',
];
const kind = fc.option(fc.constantFrom(...KINDS), { nil: undefined });
const inside = fc.constantFrom('a.ts', '/work/a.ts', './deep/b', '/work/deep/../c');
const outside = fc.constantFrom(
  '/etc/passwd',
  '../x',
  '/work/../x',
  '/workshop/a',
  '/work/locked/a',
  '~/x',
  'a/../../b',
);
const field = fc.constantFrom(
  'path',
  'file_path',
  'filePath',
  'FileName',
  'notebook_path',
  'cwd',
  'directory',
  'old-path',
);
/** A path in one of the shapes that agents use. */
const naming = (path: fc.Arbitrary<string>) =>
  fc.oneof(
    path.map((one) => ({ locations: [{ path: one }] })),
    path.map((one) => ({ content: [{ type: 'diff', path: one, newText: '' }] })),
    fc.tuple(field, path).map(([name, one]) => ({ rawInput: { [name]: one } })),
    fc.tuple(field, path).map(([name, one]) => ({ rawInput: { edits: [{ [name]: one }] } })),
    path.map((one) => ({ rawInput: { paths: ['a', one] } })),
    path.map((one) => ({ rawInput: { changes: { [one]: {} } } })),
  );
const call = fc.record({ kind, title: fc.string(), rest: fc.oneof(naming(inside), fc.constant({})) });
const optionKind = fc.constantFrom('allow_once', 'allow_always', 'reject_once', 'reject_always', 'bypass', 7, null);
const option = fc.record({ optionId: fc.constantFrom('a', 'b', 'c', '', 3), kind: optionKind, name: fc.string() });
const policy = fc.constantFrom(...POLICY_NAMES);

test('nothing is allowed that names a place outside, in the request or before it', () => {
  const property = fc.property(
    call,
    call,
    naming(outside),
    fc.boolean(),
    fc.constantFrom('workdir' as const, 'read-only' as const),
    (one, other, out, before, which) => {
      const toolCall = { ...one, ...one.rest, ...(!before && out) };
      const announced = { ...other, ...other.rest, ...(before && out) };
      expect(ask({ policy: which, toolCall, announced }).outcome).toBe('reject');
    },
  );
  fc.assert(property, { numRuns: 2000 });
});

test('an option is chosen only if all that has its id is of the kind of the answer', () => {
  const property = fc.property(call, fc.array(option, { maxLength: 6 }), policy, (one, options, which) => {
    const decision = ask({ policy: which, toolCall: { ...one, ...one.rest }, options });
    if (decision.outcome === 'ask' || decision.optionId === undefined) return;
    const kinds = options.filter(({ optionId }) => optionId === decision.optionId).map((each) => each.kind);
    const allowed = decision.outcome === 'allow' ? ['allow_once'] : ['reject_once', 'reject_always'];
    expect(kinds.length).toBeGreaterThan(0);
    expect(kinds.filter((each) => !allowed.includes(String(each)))).toEqual([]);
  });
  fc.assert(property, { numRuns: 2000 });
});

test('the order of the options decides nothing', () => {
  const shuffled = fc.shuffledSubarray(ALL_OPTIONS, { minLength: ALL_OPTIONS.length });
  const property = fc.property(call, shuffled, policy, (one, options, which) => {
    const toolCall = { ...one, ...one.rest };
    expect(ask({ policy: which, toolCall, options })).toEqual(ask({ policy: which, toolCall }));
  });
  fc.assert(property);
});

test('the title decides nothing', () => {
  const title = fc.oneof(fc.string(), fc.constantFrom('Read /etc/passwd', 'edit', null, 7, { path: '/etc' }));
  const property = fc.property(call, title, title, policy, (one, before, after, which) => {
    const of = (said: unknown) => ask({ policy: which, toolCall: { kind: one.kind, ...one.rest, title: said } });
    expect(of(before)).toEqual(of(after));
  });
  fc.assert(property);
});

test('every decision about every JSON there is has a reason, and what is allowed is inside', () => {
  const json = fc.jsonValue();
  const anything = fc.oneof(json, fc.record({ kind, rawInput: json, locations: json, content: json }));
  const property = fc.property(anything, anything, json, policy, (toolCall, announced, options, which) => {
    const decision = ask({ policy: which, toolCall, announced, options: [...ALL_OPTIONS, options] });
    expect(decision.reason).toMatch(/^[A-Z][^\n]+\.$/u);
    if (decision.outcome !== 'allow' || which === 'allow-all') return;
    expect((decision.paths ?? []).filter((path) => !confine(path).inside)).toEqual([]);
  });
  fc.assert(property, { numRuns: 2000 });
});
