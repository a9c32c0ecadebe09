/** What a policy makes of a request: rows that try to get something by it, and rows that must work. */
import { describe, expect, test } from 'bun:test';
import { escapeControls } from '../../../src/core/text.ts';
import { POLICY_NAMES } from '../../../src/agents/policy/policy-name.ts';
import { ask } from './question.ts';

const diff = (path: unknown) => [{ type: 'diff', path, oldText: null, newText: 'x' }];
const text = (said: string) => [{ type: 'content', content: { type: 'text', text: said } }];
const nested = (depth: number): unknown => (depth === 0 ? { path: 'a' } : { deeper: nested(depth - 1) });

describe('workdir allows', () => {
  test.each([
    ['an edit by location', { kind: 'edit', locations: [{ path: '/work/a.ts', line: 3 }] }],
    ['an edit by its diff', { kind: 'edit', content: diff('src/a.ts') }],
    ['an edit by its input', { kind: 'edit', rawInput: { file_path: '/work/a.ts', old_string: '/etc' } }],
    ['the same file named twice', { kind: 'edit', rawInput: { files: [{ path: 'a' }, { path: 'a' }] } }],
    ['a patch that is keyed by path', { kind: 'edit', rawInput: { changes: { '/work/a.ts': { type: 'add' } } } }],
    ['a change that is no patch', { kind: 'edit', rawInput: { path: 'a.ts', changes: '- a\n+ b' } }],
    ['a move', { kind: 'move', rawInput: { source: 'a', destination: 'b' } }],
    ['a deletion', { kind: 'delete', locations: [{ path: '/work/a' }] }],
    ['a file by URI', { kind: 'read', rawInput: { uri: 'file:///work/a%20b.txt' } }],
    ['a path in the place of a URI', { kind: 'read', rawInput: { uri: 'src/a.ts' } }],
    ['a path that an at sign is put before', { kind: 'read', rawInput: { path: '@src/a.ts' } }],
    ['a place of no kind', { rawInput: { path: 'a.ts' } }],
    ['reading nothing in particular', { kind: 'read' }],
    ['a search in the whole folder', { kind: 'search', rawInput: { pattern: '/etc/.*', path: '' } }],
    ['thinking', { kind: 'think', rawInput: 'what now?' }],
    ['a command', { kind: 'execute', rawInput: { command: 'cat /etc/passwd', description: 'x' } }],
    ['a command as one text', { kind: 'execute', rawInput: 'ls -la' }],
    ['a command as words', { kind: 'execute', rawInput: ['ls', '-la'] }],
    ['a command below the folder', { kind: 'execute', rawInput: { command: 'ls', cwd: '/work/sub' } }],
    ['a command that takes arguments', { kind: 'execute', rawInput: { command: 'ls', args: ['-la', '/etc'] } }],
    ['fields that are null', { kind: 'read', title: null, content: null, locations: null, rawInput: { path: null } }],
  ])('%s', (_what, toolCall) => {
    expect(ask({ toolCall })).toMatchObject({ outcome: 'allow', optionId: 'yes' });
  });

  test('what was announced, where the request says no more than that it asks (Kimi Code 2.1)', () => {
    const announced = { kind: 'edit', content: text('{"path":"/work/a.txt","content":"hello"}') };
    const toolCall = {
      toolCallId: '0:call',
      title: 'Write',
      content: text('Requesting approval to Writing /work/a.txt'),
    };
    expect(ask({ toolCall, announced })).toEqual({
      outcome: 'allow',
      optionId: 'yes',
      reason: 'All its paths are inside the working directory.',
      paths: ['/work/a.txt'],
    });
    expect(ask({ toolCall, announced: { kind: 'execute', content: text('{"command":"ls"}') } }).outcome).toBe('allow');
  });
});

describe('workdir rejects', () => {
  const OUT = 'is outside of the working directory.';
  test.each([
    ['a location outside', { kind: 'read', locations: [{ path: '/work/a' }, { path: '/etc/passwd' }] }, OUT],
    ['a diff outside', { kind: 'edit', locations: [{ path: '/work/a' }], content: diff('/etc/passwd') }, OUT],
    ['an input outside', { kind: 'edit', locations: [{ path: '/work/a' }], rawInput: { fileName: '/etc/x' } }, OUT],
    ['the way up', { kind: 'read', rawInput: { filePath: '../secret' } }, OUT],
    ['one of many', { kind: 'read', rawInput: { paths: ['a', '../b'] } }, OUT],
    ['one in an object', { kind: 'read', rawInput: { files: [{ path: 'a' }, { path: '/b' }] } }, OUT],
    ['one deep in the input', { kind: 'read', rawInput: { request: { edits: [{ notebook_path: '/b' }] } } }, OUT],
    ['one in arguments that are text', { kind: 'read', rawInput: { arguments: '{"path":"/etc/passwd"}' } }, OUT],
    ['one in an input that is text', { kind: 'read', rawInput: '{"path":"/etc/passwd"}' }, OUT],
    ['the key of a patch', { kind: 'edit', rawInput: { changes: { '/etc/passwd': { type: 'add' } } } }, OUT],
    ['where a patch moves to', { kind: 'edit', rawInput: { changes: { a: { move_path: '/etc/x' } } } }, OUT],
    ['the destination', { kind: 'move', rawInput: { source: 'a', destination: '/tmp/a' } }, OUT],
    ['the new path', { kind: 'move', rawInput: { old_path: 'a', new_path: '../a' } }, OUT],
    ['a file URI outside', { kind: 'read', rawInput: { uri: 'file:///etc/passwd' } }, OUT],
    ['an escaped file URI', { kind: 'read', rawInput: { uri: 'file:///work/%2e%2e/etc/passwd' } }, OUT],
    ['an escaped slash', { kind: 'read', rawInput: { uri: 'file:///work/..%2fetc' } }, 'names no file'],
    ['a file of another machine', { kind: 'read', rawInput: { uri: 'file://evil/work/a' } }, 'names no file'],
    ['a web page that is said to be read', { kind: 'read', rawInput: { url: 'https://evil/?q=key' } }, 'names no file'],
    ['an at sign before it', { kind: 'read', rawInput: { path: '@/etc/passwd' } }, OUT],
    ['the home folder', { kind: 'read', rawInput: { path: '~/.ssh/id_rsa' } }, 'begins with ~'],
    ['the home folder of somebody', { kind: 'read', locations: [{ path: '~root/.ssh' }] }, 'begins with ~'],
    ['the home folder after an at sign', { kind: 'read', rawInput: { path: '@~/x' } }, 'begins with ~'],
    ['a space before it', { kind: 'read', rawInput: { path: ' /etc/passwd' } }, 'white space'],
    ['a line end behind it', { kind: 'read', rawInput: { path: '/etc/passwd\n' } }, 'white space'],
    ['what cannot be looked at', { kind: 'read', rawInput: { path: 'locked/a' } }, 'cannot be resolved (EACCES).'],
    ['an empty location', { kind: 'read', locations: [{ path: '' }] }, 'is no path.'],
    ['a command elsewhere', { kind: 'execute', rawInput: { command: 'ls', cwd: '/etc' } }, OUT],
    ['a command elsewhere, spelt otherwise', { kind: 'execute', rawInput: { workingDirectory: '..' } }, OUT],
    ['a command elsewhere, as text', { kind: 'execute', rawInput: '{"workdir":"/etc"}' }, OUT],
    ['a link in the folder where it runs', { kind: 'read', rawInput: { cwd: 'sub', path: 'link/key' } }, OUT],
    ['a link in the folder beside it', { kind: 'read', rawInput: { directory: '/work/sub', path: 'link/key' } }, OUT],
    ['a path relative to a folder above', { kind: 'edit', rawInput: { directory: '..', path: 'a' } }, OUT],
    ['a location without a path', { kind: 'read', locations: [{ uri: 'a' }] }, 'One of its locations has no path.'],
    ['locations that are no list', { kind: 'read', locations: { path: '/etc' } }, 'Its locations are not a list.'],
    ['a diff without a path', { kind: 'edit', content: diff({ path: '/etc' }) }, 'One of its diffs has no path.'],
    ['content that is no list', { kind: 'read', content: 'a' }, 'Its content is not a list.'],
    ['a path that is a number', { kind: 'read', rawInput: { path: 7 } }, 'cannot be understood.'],
    ['a path that is true', { kind: 'read', rawInput: { directory: true } }, 'cannot be understood.'],
    [
      'a path that is an object of something',
      { kind: 'read', rawInput: { path: { at: '/etc' } } },
      'cannot be understood.',
    ],
    [
      'an object beside a path',
      { kind: 'read', rawInput: { path: 'a', files: [{ x: '/b' }] } },
      'cannot be understood.',
    ],
    ['an input that is a mere text', { kind: 'read', rawInput: '/etc/passwd' }, 'Its rawInput is not an object.'],
    ['an input that is a list', { kind: 'read', rawInput: ['/etc/passwd'] }, 'Its rawInput is not an object.'],
    ['an input that is too deep', { kind: 'read', rawInput: nested(20) }, 'Its rawInput is nested too deeply.'],
    [
      'too many paths',
      { kind: 'read', rawInput: { paths: Array.from({ length: 1001 }, (_, at) => `f${at}`) } },
      'more than 1000',
    ],
    ['an edit of nothing', { kind: 'edit' }, 'names no path'],
    ['an edit that says only where it runs', { kind: 'edit', rawInput: { cwd: '/work' } }, 'names no path'],
    ['a deletion of nothing', { kind: 'delete' }, 'names no path'],
    ['a move of nothing', { kind: 'move' }, 'names no path'],
    ['something else', { kind: 'other', rawInput: { command: 'ls' } }, 'names no path'],
    ['something of no kind', { title: 'Read /work/a.ts' }, 'names no path'],
    ['a kind that is no text', { kind: ['read'] }, 'names no path'],
    ['a kind that nobody knows', { kind: 'browse', locations: [{ path: '/work/a' }] }, 'no tool of the kind "browse"'],
    ['a kind that objects have', { kind: 'constructor' }, 'no tool of the kind "constructor"'],
    ['the network', { kind: 'fetch', rawInput: { path: 'a.html' } }, 'acts outside the working directory'],
    [
      'a mode that asks less',
      { kind: 'switch_mode', locations: [{ path: '/work/plan.md' }] },
      'acts outside the working directory',
    ],
    ['a deletion of the folder itself', { kind: 'delete', rawInput: { path: '/work/sub/..' } }, 'would be gone'],
    ['a request without a call', undefined, 'has no tool call'],
    ['a call that is no object', [{ kind: 'read' }], 'has no tool call'],
  ])('%s', (_what, toolCall, reason) => {
    const decision = ask({ toolCall });
    expect(decision).toMatchObject({ outcome: 'reject', optionId: 'no' });
    expect(decision.reason).toContain(reason);
  });

  test('what was announced outside, whatever the request replaces it with', () => {
    const toolCall = { kind: 'edit', locations: [{ path: '/work/a' }], rawInput: { path: '/work/a' } };
    for (const announced of [
      { kind: 'edit', rawInput: { path: '/etc/passwd' } },
      { kind: 'edit', locations: [{ path: '/etc/passwd' }] },
      { kind: 'edit', content: diff('/etc/passwd') },
    ]) {
      expect(ask({ toolCall, announced })).toMatchObject({ outcome: 'reject', paths: ['/work/a', '/etc/passwd'] });
    }
  });

  test('an announced text of JSON outside, and one that is not JSON', () => {
    const outside = { kind: 'edit', content: text('{"path":"/etc/passwd"}') };
    expect(ask({ toolCall: {}, announced: outside }).reason).toContain('"/etc/passwd" is outside');
    const prose = { kind: 'edit', content: text('path: /work/a.txt') };
    expect(ask({ toolCall: {}, announced: prose }).reason).toContain('names no path');
    // Whoever has an input is judged by it, whatever is shown besides.
    const shown = { kind: 'edit', content: text('{"path":"/work/a"}'), rawInput: { text: 'x' } };
    expect(ask({ toolCall: {}, announced: shown }).reason).toContain('names no path');
  });

  test('a command whose own working directory is gone', () => {
    const decision = ask({ toolCall: { kind: 'execute', rawInput: 'ls' }, cwd: '/work/locked' });
    expect(decision).toMatchObject({ outcome: 'reject', reason: expect.stringContaining('EACCES') });
  });

  test('with a reason that is one line and not too long, whatever the path is', () => {
    const { reason } = ask({
      toolCall: { kind: 'read', rawInput: { path: `/etc\n\u{1b}[2J\u{9b}H${'x'.repeat(100_000)}` } },
    });
    expect(reason.length).toBeLessThan(300);
    expect(reason).toBe(escapeControls(reason));
  });
});

test.each([
  ['read', { path: 'a' }, 'allow'],
  ['search', {}, 'allow'],
  ['think', {}, 'allow'],
  ['read', { path: '/etc/passwd' }, 'reject'],
  ['edit', { path: 'a' }, 'reject'],
  ['execute', { command: 'ls' }, 'reject'],
  ['delete', { path: 'a' }, 'reject'],
  ['move', { path: 'a' }, 'reject'],
  ['fetch', {}, 'reject'],
  ['switch_mode', {}, 'reject'],
  ['other', { path: 'a' }, 'reject'],
])('read-only: %s with %j: %s', (kind, rawInput, outcome) => {
  expect(ask({ policy: 'read-only', toolCall: { kind, rawInput } }).outcome).toBe(outcome as 'allow');
});

test('the other policies look at nothing', () => {
  const worst = { kind: 'execute', rawInput: { command: 'rm -rf /', cwd: '/' } };
  const mild = { kind: 'think' };
  for (const toolCall of [worst, mild, undefined]) {
    expect(ask({ policy: 'allow-all', toolCall })).toMatchObject({ outcome: 'allow', optionId: 'yes' });
    expect(ask({ policy: 'deny-all', toolCall })).toMatchObject({ outcome: 'reject', optionId: 'no' });
    expect(ask({ policy: 'ask', toolCall })).toMatchObject({ outcome: 'ask' });
  }
  expect(POLICY_NAMES[0]).toBe('workdir');
  expect(ask({ policy: 'yolo' as 'ask', toolCall: mild }).outcome).toBe('reject');
});
