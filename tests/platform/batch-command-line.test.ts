/** What cmd.exe is told of a batch file's arguments, read by a model of what it does with it. tests/windows has the real one. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { batchCommandLine } from '../../src/platform/process/windows/batch-command-line.ts';
import { BATCH_ARGUMENTS, BATCH_VARIABLES } from '../support/batch-arguments.ts';

const ENV = { ComSpec: 'C:\\w\\cmd.exe', PATH: 'C:\\"&echo RUN', ...BATCH_VARIABLES };
const FILE = 'C:\\my npm\\a&b %NAME%.cmd';
const HEAD = '"C:\\w\\cmd.exe" /d /e:on /v:off /s /c ';

/** Variables as a command line has them, with pieces of them; a percent sign without a name stays. */
function expand(text: string): string {
  let expanded = '';
  for (let at = 0; at < text.length;) {
    const [all = '', name = '', , from, length] = /^%([^%:]+)(:~([^,%]*),?([^%]*))?%/.exec(text.slice(at)) ?? [];
    const value = Object.entries(ENV).find(([known]) => known.toUpperCase() === name.toUpperCase())?.[1];
    if (all === '' || value === undefined) {
      expanded += text[at];
      at += 1;
      continue;
    }
    const start = Number(from ?? 0);
    expanded += from === undefined ? value : value.slice(start).slice(0, Number(length));
    at += all.length;
  }
  return expanded;
}

/** What stands outside of quotes, each of which opens or closes. */
const outside = (text: string): string =>
  text
    .split('"')
    .filter((_, index) => index % 2 === 0)
    .join('');

/** The C runtime's words, where every one stands in quotes. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"((?:\\*""|\\*[^"\\])*(?:\\\\)*)"(?: |$)/g)].map(([, inside = '']) =>
    inside
      .replaceAll(/(\\*)""/g, (_, slashes: string) => `${'\\'.repeat(slashes.length / 2)}"`)
      .replace(/(\\\\)+$/, (slashes) => '\\'.repeat(slashes.length / 2)),
  );
}

function read(args: readonly string[]) {
  const line = batchCommandLine(FILE, args, ENV);
  if (!line.ok) return line.failure.message;
  expect(line.value.application).toBe('C:\\w\\cmd.exe');
  expect(line.value.text).toStartWith(`${HEAD}"`);
  const command = expand(line.value.text.slice(HEAD.length + 1, -1));
  // Nothing that could be an order, at this reading or at that of `%*`, which is not expanded again.
  expect(outside(command)).toMatch(/^ *$/);
  return wordsOf(command);
}

test.each(BATCH_ARGUMENTS.map((args) => [args]))('%j is handed over as it is', (args) => {
  expect(read(args)).toEqual([FILE, ...args]);
});

test('so is any other', () => {
  const unit = fc.constantFrom(...'"\\%&|<>^!() ,;=~:*0aNAME'.split(''), 'cd', '%NAME%', '%QUOTE%', '\t', 'ü');
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 12 }), { maxLength: 4 }), (args) => {
      expect(read(args)).toEqual([FILE, ...args]);
    }),
    { numRuns: 1000 },
  );
});

test.each(['\n', '\r', '\r\n', '\u0000', '\u001a', '\u0008', '\u007f'])(
  '%j is refused, wherever it stands',
  (control) => {
    for (const argument of [control, `a${control}`, `${control}&echo RUN`])
      expect(read(['fine', argument])).toBe(
        `a batch file (${FILE}) cannot be given an argument with a line end or another control character: ${JSON.stringify(argument)}`,
      );
  },
);

test('more than cmd.exe takes is refused', () => {
  const most = 8191 - HEAD.length - `""C:\\a.cmd" """`.length;
  const lengthOf = (argument: string) => {
    const line = batchCommandLine('C:\\a.cmd', [argument], ENV);
    return line.ok ? line.value.text.length : line.failure.message;
  };
  expect(lengthOf('x'.repeat(most))).toBe(8191);
  expect(lengthOf('x'.repeat(most + 1))).toBe(
    'a batch file (C:\\a.cmd) can be given 8191 characters with all its arguments, and these have 8192',
  );
});

test.each(['a.cmd', '.\\a.cmd', 'C:a.cmd', 'C:\\a".cmd', 'C:\\a\n.cmd'])('%j is no name of a batch file', (file) => {
  expect(batchCommandLine(file, [], ENV)).toMatchObject({
    ok: false,
    failure: { message: `a batch file must be named by its full path, not ${JSON.stringify(file)}` },
  });
});
