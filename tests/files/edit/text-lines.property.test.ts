/** Lines by number against the text taken apart; more of them than have their offsets kept. */
import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { TextLines } from '../../../src/files/edit/text-lines.ts';

test('every line begins, ends and is found where it is', () => {
  const line = fc.constantFrom('', 'a', 'a\r', '\r');
  const lines = fc.array(line, { maxLength: 300, size: 'max' });
  fc.assert(
    fc.property(lines, fc.boolean(), (parts, hasEnd) => {
      const text = parts.join('\n') + (hasEnd ? '\n' : '');
      const expected = text === '' ? [] : (text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
      const found = new TextLines(text);
      expect(found.count).toBe(expected.length);
      expect(Array.from({ length: found.count }, (_, at) => found.slice(at + 1, at + 1))).toEqual([...expected]);
      expect(found.start(found.count + 1)).toBe(text.length);
      for (let offset = 0; offset <= text.length; offset += 1)
        expect(found.lineAt(offset)).toBe(text.slice(0, offset).split('\n').length);
      expect(found.ends).toEqual({
        crlf: expected.filter((one) => one.endsWith('\r\n')).length,
        lf: expected.filter((one) => one.endsWith('\n') && !one.endsWith('\r\n')).length,
      });
    }),
  );
});
