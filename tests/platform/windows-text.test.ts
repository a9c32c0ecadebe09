/** What Windows is told in writing: command lines, environment blocks, the exit recorder's orders. */
import { describe, expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { programCommandLine, shellCommandLine } from '../../src/platform/process/windows/command-line.ts';
import { environmentBlock } from '../../src/platform/process/windows/environment-block.ts';
import type { Handle } from '../../src/platform/api/windows/handle.ts';
import { formatOrder, parseOrder } from '../../src/platform/process/windows/exit-recorder-protocol.ts';

describe('the command line of a shell command', () => {
  test('holds the command as it stands', () => {
    expect(shellCommandLine('echo "a b" & echo c', { ComSpec: 'C:\\w\\cmd.exe' })).toEqual({
      application: 'C:\\w\\cmd.exe',
      text: '"C:\\w\\cmd.exe" /d /s /c "echo "a b" & echo c"',
    });
  });

  test.each([
    [{ COMSPEC: 'D:\\shell.exe' }, 'D:\\shell.exe'],
    // A relative one would be looked for in the job's own folder.
    [{ ComSpec: 'cmd.exe', SYSTEMROOT: 'D:\\Win' }, 'D:\\Win\\system32\\cmd.exe'],
    [{}, 'C:\\Windows\\system32\\cmd.exe'],
  ])('takes the interpreter from %o', (env, application) => {
    expect(shellCommandLine('x', env).application).toBe(application);
  });
});

/** As the C runtime splits: https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
function split(text: string): string[] {
  const found: string[] = [];
  let current = '';
  let quoted = false;
  let begun = false;
  for (let i = 0; i < text.length;) {
    const slashes = /^\\*/.exec(text.slice(i))?.[0].length ?? 0;
    i += slashes;
    const next = text[i];
    if (next === '"') {
      current += '\\'.repeat(slashes >> 1);
      if (slashes % 2 === 1) current += '"';
      else quoted = !quoted;
      begun = true;
      i++;
      continue;
    }
    current += '\\'.repeat(slashes);
    begun ||= slashes > 0;
    if (next === undefined) break;
    if (!quoted && /\s/.test(next)) {
      if (begun) found.push(current);
      current = '';
      begun = false;
    } else {
      current += next;
      begun = true;
    }
    i++;
  }
  return begun ? [...found, current] : found;
}

test('arguments come out of the C runtime as they went in', () => {
  const argument = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\t', 'ü') });
  fc.assert(
    fc.property(fc.array(argument), (args) => {
      expect(split(programCommandLine('C:\\my app\\x.exe', args).text)).toEqual(['C:\\my app\\x.exe', ...args]);
    }),
  );
});

describe('an environment block', () => {
  test('is sorted without case, and the later of two spellings counts', () => {
    expect(environmentBlock({ b: '2', PATH: 'old', A: '1', Path: 'new' })).toBe('A=1\0b=2\0Path=new\0');
  });

  test('has its two zeros even when empty', () => {
    expect(environmentBlock({})).toBe('\0');
  });
});

describe('an order to the exit recorder', () => {
  test.each([
    { order: 'watch', handle: 1236 as Handle, exitPath: 'C:\\Größe\\jobs\\0a\\exit' },
    { order: 'forget', handle: 8 as Handle },
  ] as const)('is understood as it was meant: %o', (order) => {
    expect(parseOrder(formatOrder(order).trimEnd())).toEqual(order);
  });

  test.each(['', 'watch', 'watch 12', 'watch -1 QQ==', 'forget', 'forget x', 'sleep 3'])(
    'that is none is ignored: %p',
    (line) => {
      expect(parseOrder(line)).toBeUndefined();
    },
  );
});
