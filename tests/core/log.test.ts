import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { createLog, type LogFormat } from '../../src/core/log.ts';
import { escapeControls } from '../../src/core/text.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function logged(format: LogFormat, message: string, fields?: Record<string, string | number | boolean | null>): string {
  const lines: string[] = [];
  createLog(
    format,
    (line) => lines.push(line),
    () => AT,
  ).warn(message, fields);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

// eslint-disable-next-line no-control-regex -- what must not be in a line is the point
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u001b]52;c;ZXZpbA==\u0007', '\r2026-01-01 info fake', '\n', '\u009b31m', '\u2028'),
);

test('a text line shows time, level, message and fields', () => {
  expect(logged('text', 'the disk is full', { free: 0, path: '/data' })).toBe(
    '2026-01-02T03:04:05.678Z warn  the disk is full free=0 path=/data',
  );
});

test('foreign text in a line cannot move the cursor, set the clipboard or forge another line', () => {
  fc.assert(
    fc.property(nasty, nasty, (message, field) => {
      expect(logged('text', message, { field })).not.toMatch(CONTROLS);
    }),
  );
});

test('a JSON line is one line that reads back as what was logged', () => {
  fc.assert(
    fc.property(nasty, nasty, (message, field) => {
      const line = logged('json', message, { field, count: 3, nothing: null });
      expect(line).not.toContain('\n');
      expect(JSON.parse(line)).toEqual({
        time: '2026-01-02T03:04:05.678Z',
        level: 'warn',
        message,
        field,
        count: 3,
        nothing: null,
      });
    }),
  );
});

test('escaping keeps ordinary text as it is and makes controls readable', () => {
  expect(escapeControls('naïve 日本 🙂 \\ "x"')).toBe('naïve 日本 🙂 \\ "x"');
  expect(escapeControls('a\nb\rc\td\u0000\u001b\u007f\u009f\u2029')).toBe(
    String.raw`a\nb\rc\td\u0000\u001b\u007f\u009f\u2029`,
  );
});
