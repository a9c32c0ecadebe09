/** Small texts of the agents’ page: links, characters, usage. */
import { expect, test } from 'bun:test';
import { withCharacters } from '../../src/console/page/agents/markdown/characters.ts';
import { usageText } from '../../src/console/page/agents/usage-text.ts';
import { webAddress } from '../../src/console/page/web-address.ts';

test.each([
  ['https://a.example/b?c#d', true],
  ['http://a.example', true],
  ['javascript:alert(1)', false],
  [' JaVaScRiPt:alert(1)', false],
  ['data:text/html,x', false],
  ['//a.example', false],
  ['/etc/passwd', false],
  ['file:///etc/passwd', false],
])('whether %s is a link', (address, is) => {
  expect(webAddress(address) !== undefined).toBe(is);
});

test.each([
  ['a &amp; b &lt;c&gt;', 'a & b <c>'],
  ['&#65;&#x42;&#0;&#xD800;&#x110000;', 'AB\ufffd\ufffd\ufffd'],
  ['&unknown; & &;', '&unknown; & &;'],
])('characters of %s', (text, characters) => {
  expect(withCharacters(text)).toBe(characters);
});

test.each<[object, string]>([
  [
    { used: 1500, size: 200_000, cost: { amount: 0.5, currency: 'USD' } },
    '1.5k of 200k tokens of context (1 %) · 0.50 USD',
  ],
  [{ inputTokens: 10, output_tokens: 2_500_000 }, '10 in, 2.5M out tokens'],
  [{ inputTokens: 'many' }, ''],
  [{}, ''],
])('usage %p', (usage, text) => {
  expect(usageText(usage as Record<string, unknown>)).toBe(text);
});
