/** How programs are handed to `spawn` on Windows: seen running by tests/windows, here what is handed over. */
import { expect, test } from 'bun:test';
import { windowsChildren } from '../../../src/platform/nodeprocess/windows.ts';

const BASE = {
  cwd: 'C:\\work',
  env: { ComSpec: 'C:\\Windows\\cmd.exe' },
  treeId: '0123456789ab',
  inputPath: undefined,
};

const startOf = (argv: readonly string[] | string, env: Readonly<Record<string, string>> = BASE.env) => {
  const start = windowsChildren.startOf({ ...BASE, argv, env });
  if (!start.ok) throw new Error(start.failure.detail);
  return start.value;
};

test('a program gets its arguments as they are, quoted by Node', () => {
  const { file, args, options } = startOf(['C:\\agent.exe', 'a "b" & c']);
  expect([file, ...args]).toEqual(['C:\\agent.exe', 'a "b" & c']);
  expect(options.windowsVerbatimArguments).toBeUndefined();
});

test('a batch file goes through cmd.exe with arguments that it cannot take for orders', () => {
  const { file, args, options } = startOf(['C:\\npm\\agent.cmd', 'a"&calc']);
  expect(file).toBe('C:\\Windows\\cmd.exe');
  expect(options).toMatchObject({ argv0: '"C:\\Windows\\cmd.exe"', windowsVerbatimArguments: true });
  expect(args).toEqual(['/d /e:on /v:off /s /c ""C:\\npm\\agent.cmd" "a""&calc""']);
  expect(() => startOf(['C:\\npm\\agent.cmd', 'two\nlines'])).toThrow('line end');
});

test('a command text goes through cmd.exe as it stands', () => {
  const { args, options } = startOf('echo "a b" & ver');
  expect(args).toEqual(['/d /s /c "echo "a b" & ver"']);
  expect(options.windowsVerbatimArguments).toBe(true);
});

test('of two spellings of a variable the later one counts', () => {
  expect(startOf(['C:\\agent.exe'], { Path: 'C:\\old', PATH: 'C:\\new' }).options.env).toEqual({ PATH: 'C:\\new' });
});
