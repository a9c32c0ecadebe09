/** What is written for cmd.exe, in words that need no cmd.exe to be judged. */
import { expect, test } from 'bun:test';
import { batchText, canSet, cmdSeedText } from '../../src/shells/windows/batch-text.ts';
import { CmdPaths } from '../../src/shells/windows/cmd-paths.ts';
import { linesOf } from '../../src/shells/windows/lines.ts';

test('every line of a batch file ends as labels need it', () => {
  expect(batchText('a\nb\r\nc')).toBe('a\r\nb\r\nc\r\n');
});

const values: [string, string, boolean][] = [
  ['NAME', 'plain & <special> ^ ! 100%', true],
  ['NAME', 'ü €', true],
  ['NAME', 'a"b', false],
  ['NAME', 'a\nb', false],
  ['NAME', '', false],
  ['NAME', 'x'.repeat(9000), false],
  ['ProgramFiles(x86)', 'x', false],
];
test.each(values)('whether a seed can set %s to %j: %p', (name, value, can) => {
  expect(canSet(name, value)).toBe(can);
});

test('a seed keeps percent signs as they are', () => {
  const text = cmdSeedText({ workdir: 'C:\\100% sure', env: { RATE: '50%' } });
  expect(text.split('\n')).toEqual(['@set "RATE=50%%"', '@cd /d "C:\\100%% sure"']);
});

test('a plain path is written as it is, and needs nothing in the environment', () => {
  const paths = new CmdPaths('C:\\data\\shells\\one');
  expect(paths.quoted('C:\\data (x)\\jobs & more\\stdout')).toBe('"C:\\data (x)\\jobs & more\\stdout"');
  expect(paths.environment).toEqual({});
});

test.each(['C:\\Jürgen', 'C:\\100%PATH%'])('a path below %s goes by way of a variable', (data) => {
  const paths = new CmdPaths(`${data}\\shells\\one`);
  expect(paths.environment).toEqual({ AGENT_SERVER_SHELL_FOLDER: `${data}\\shells\\one` });
  expect(paths.quoted(`${data}\\jobs\\2\\stdout`)).toBe('"%AGENT_SERVER_SHELL_FOLDER%\\..\\..\\jobs\\2\\stdout"');
});

test('a stream becomes lines however its pieces fall, and what is too long is cut', async () => {
  const pieces = ['on', 'e\r\ntw', 'o\n', 'x'.repeat(10_000), '\nthree\n', 'rest'];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece));
      controller.close();
    },
  });
  const lines: string[] = [];
  for await (const line of linesOf(stream)) lines.push(line);
  expect(lines.map((line) => line.trim().slice(0, 5))).toEqual(['one', 'two', 'xxxxx', 'three']);
  expect(lines[2]?.length).toBeLessThan(5000);
});
