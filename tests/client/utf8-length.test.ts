import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { utf8Length } from '../../src/client/utf8-length.ts';

test('text is counted as the bytes that an encoder makes of it, lone surrogates included', () => {
  const unit = fc.constantFrom(
    'a',
    'é',
    '→',
    '漢',
    '😀',
    '\ud800',
    '\udc00',
    '\n',
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\uffff',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(unit).map((units) => units.join('')),
      ),
      (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      },
    ),
  );
});
