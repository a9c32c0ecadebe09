/** What a permission request looks like, and which answer is meant. */
import { describe, expect, test } from 'bun:test';
import { choiceFor, choicesOf } from '../../../src/cli/agents/permission-choice.ts';
import { permissionLines } from '../../../src/cli/agents/permission-text.ts';

describe('the answers', () => {
  const choices = choicesOf([
    { optionId: 'x1', name: 'Reject\u001b[2J', kind: 'allow_always' },
    { optionId: 'x2', name: 'Always for this folder', kind: 'allow_always' },
    { optionId: 'x3', name: 'No', kind: 'reject_once' },
    { optionId: '', name: 'ar', kind: 'of tomorrow' },
    { name: 'without an id', kind: 'allow_once' },
    'nonsense',
  ]);

  test('say what they do, whatever the agent calls them', () => {
    expect(choices.map(({ line }) => line)).toEqual([
      String.raw`  1/a  always allow: Reject\u001b[2J`,
      '  2/l  always allow: Always for this folder',
      '  3/r  reject: No',
      '  4    unknown kind: ar',
    ]);
  });

  test.each([
    ['1', 'x1'],
    [' A ', 'x1'],
    ['l', 'x2'],
    ['R', 'x3'],
    ['4', ''],
    ['', undefined],
    ['0', undefined],
    ['5', undefined],
    ['reject', undefined],
    ['1 ; 2', undefined],
  ])('%j means %p', (typed, optionId) => {
    expect(choiceFor(choices, typed)?.optionId).toBe(optionId);
  });
});

describe('the question', () => {
  test('shows the fields of the call, with nothing that moves the cursor or turns text around', () => {
    expect(
      permissionLines({
        title: 'Read\u202ea file',
        kind: 'execute',
        rawInput: { command: 'rm -rf x\n\u001b[1A', 'na\u0007me': { deep: ['\u009b2J'] } },
        locations: [{ path: '/etc/passwd', line: 3 }, null],
      }),
    ).toEqual([
      String.raw`agent-server: the agent asks for permission: execute: Read\u202ea file (/etc/passwd)`,
      String.raw`  command: rm -rf x\n\u001b[1A`,
      String.raw`  na\u0007me: {"deep":["\u009b2J"]}`,
      '  path: /etc/passwd:3',
      '  path: ',
    ]);
  });

  test('shows what changes in a file', () => {
    const content = { type: 'diff', path: '/w/a', oldText: 'one\ntwo\nthree\n', newText: 'one\nTWO\nthree\n' };
    expect(permissionLines({ title: 'Edit', content: [content] }).slice(1)).toEqual([
      '  change of /w/a:',
      '    - two',
      '    + TWO',
    ]);
    const long = { type: 'diff', path: '/w/a', newText: 'x\n'.repeat(100) };
    expect(permissionLines({ title: 'Edit', content: [long] }).at(-1)).toBe('    … 61 more lines');
  });

  test('says how much it leaves out', () => {
    const [, line] = permissionLines({ title: 'Run', rawInput: { command: 'x'.repeat(5000) } });
    expect(line).toEndWith('x … and 1000 more characters');
  });

  test('is asked of what is no call at all', () => {
    expect(permissionLines({})).toEqual(['agent-server: the agent asks for permission: tool call']);
  });
});
