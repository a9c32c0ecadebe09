/** Edits against a model that edits lists of lines, which have their ends with them. */
import { expect, test } from 'bun:test';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { applyEdits } from '../../../src/files/edit/apply-edits.ts';
import type { LineEdit, TextEdit } from '../../../src/files/edit/edit.ts';
import { decode, encode } from '../../../src/files/edit/text-format.ts';
import { unifiedDiff } from '../../../src/files/edit/unified-diff.ts';

interface Line {
  readonly content: string;
  readonly end: string;
}

const content = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '𝄞', '$&', '\u0001'), maxLength: 3 });
const end = fc.constantFrom('\n', '\r\n');
/** Lines of mixed ends; the last one, unless it is empty, perhaps without. */
const file = fc
  .tuple(fc.array(fc.record({ content, end }), { maxLength: 12 }), fc.boolean())
  .map(([lines, hasFinalEnd]) =>
    lines.map((line, at) =>
      at === lines.length - 1 && !hasFinalEnd && line.content !== '' ? { ...line, end: '' } : line,
    ),
  );
const newText = fc.tuple(fc.array(fc.tuple(content, end), { maxLength: 3 }), fc.boolean()).map(([lines, isOpen]) => {
  const text = lines.map(([line, its]) => line + its).join('');
  return isOpen ? text.replace(/\r?\n$/, '') : text;
});
const charset = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be');

const textOf = (lines: readonly Line[]) => lines.map((line) => line.content + line.end).join('');

function linesOf(text: string, itsEnd: string): Line[] {
  if (text === '') return [];
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => ({ content: line, end: itsEnd }));
}

function usualEnd(lines: readonly Line[]): string {
  const count = (wanted: string) => lines.filter((line) => line.end === wanted).length;
  return count('\r\n') > count('\n') ? '\r\n' : '\n';
}

/** Edits that touch no line twice, in any order, as cuts of the lines. */
const scene = file.chain((lines) =>
  fc
    .record({
      cuts: fc.uniqueArray(fc.nat({ max: lines.length }), { maxLength: 8 }),
      texts: fc.array(newText, { minLength: 8, maxLength: 8 }),
      inserts: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      seed: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      ending: fc.option(end),
      charset,
      isMarked: fc.boolean(),
    })
    .map(({ cuts, texts, inserts, seed, ...rest }) => {
      const sorted = cuts.toSorted((a, b) => a - b);
      const edits = sorted.flatMap((cut, at): LineEdit[] => {
        const next = sorted[at + 1] ?? lines.length;
        const text = texts[at] ?? '';
        if (inserts[at] === true || next === cut) return [{ from: cut + 1, to: cut, text }];
        return [{ from: cut + 1, to: Math.max(cut + 1, next - ((seed[at] ?? 0) % 2)), text }];
      });
      return { lines, edits: edits.toSorted((a, b) => (seed[a.from % 8] ?? 0) - (seed[b.from % 8] ?? 0)), ...rest };
    }),
);

function modelled(lines: readonly Line[], edits: readonly LineEdit[], ending: string): string {
  const hadFinalEnd = lines.at(-1)?.end !== '';
  const edited = lines.map((line) => (line.end === '' ? { ...line, end: ending } : line));
  for (const { from, to, text } of edits.toSorted((a, b) => b.from - a.from))
    edited.splice(from - 1, to - from + 1, ...linesOf(text, ending));
  const last = edited.at(-1);
  if (!hadFinalEnd && last !== undefined && last.content !== '') edited[edited.length - 1] = { ...last, end: '' };
  return textOf(edited);
}

test('line edits do what a list of lines does, in every encoding, and the bytes of other lines stay', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ lines, edits, ending, charset: its, isMarked }) => {
      const format = { charset: its, bom: isMarked || its !== 'utf-8' } as const;
      const read = decode(encode(textOf(lines), format));
      if (!read.ok) throw new Error('what was encoded is text');
      expect(read.value).toEqual({ ...format, text: textOf(lines) });
      const done = await applyEdits(read.value.text, { kind: 'lines', edits }, { end: ending ?? undefined });
      if (!done.ok) throw new Error(done.failure.reason);
      const { after, places } = done.value;
      const newEnd = ending ?? usualEnd(lines);
      expect(after.text).toBe(modelled(lines, edits, newEnd));
      expect(Buffer.compare(encode(after.text, format), encode(modelled(lines, edits, newEnd), format))).toBe(0);
      for (const [at, { from, to }] of places.entries()) {
        const wanted = textOf(linesOf(edits[at]?.text ?? '', newEnd));
        const shown = after.slice(from, to);
        // Only the last line of the file may lack its end.
        expect(to === after.count && to >= from && !shown.endsWith('\n') ? shown + newEnd : shown).toBe(wanted);
      }
      const diff = unifiedDiff('/some/file', done.value) ?? 'none';
      expect(diff === '' ? textOf(lines) : applyPatch(textOf(lines), diff, { autoConvertLineEndings: false })).toBe(
        after.text,
      );
    }),
    { numRuns: 1000 },
  );
});

/** One place of the text, and what is put there instead. */
const quoted = file.chain((lines) => {
  const text = textOf(lines);
  return fc
    .record({
      from: fc.nat({ max: Math.max(0, text.length - 1) }),
      length: fc.integer({ min: 1, max: 8 }),
      put: newText,
    })
    .map(({ from, length, put }) => ({ lines, text, from, to: Math.min(text.length, from + length), put }));
});

/** Every offset at which it stands, LF in it as either end. */
function offsetsOf(text: string, old: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (let start = 0; start < text.length; start += 1) {
    let at = start;
    let isThere = true;
    for (let of = 0; of < old.length && isThere; of += 1) {
      const isBareLf = old[of] === '\n' && old[of - 1] !== '\r';
      if (isBareLf && text.startsWith('\r\n', at)) at += 2;
      // An LF whose CR stays behind would be half of a line end.
      else if (text[at] === old[of] && !(text[at] === '\n' && text[at - 1] === '\r' && of === 0)) at += 1;
      else isThere = false;
    }
    const isHalf = text[at - 1] === '\r' && text[at] === '\n';
    if (isThere && !isHalf) found.push([start, at]);
  }
  return found;
}

test('a quoted text is replaced where it stands once, also over lines whose ends the caller does not see', async () => {
  await fc.assert(
    fc.asyncProperty(quoted, fc.boolean(), async ({ lines, text, from, to, put }, seesCr) => {
      const cut = text.slice(from, to).toWellFormed();
      const old = seesCr ? cut : cut.replaceAll('\r\n', '\n');
      fc.pre(old !== '' && !old.includes('\ufffd'));
      const edit: TextEdit = { old, new: put };
      const done = await applyEdits(text, { kind: 'texts', edits: [edit] });
      const offsets = offsetsOf(text, old);
      const [first] = offsets;
      if (first === undefined || offsets.length !== 1) {
        expect(done).toMatchObject({ ok: false, failure: { reason: 'text-not-found', found: offsets.length } });
        return;
      }
      if (!done.ok) throw new Error(done.failure.reason);
      const wanted = text.slice(0, first[0]) + put.replaceAll(/\r?\n/g, usualEnd(lines)) + text.slice(first[1]);
      expect(done.value.after.text).toBe(wanted);
      const diff = unifiedDiff('/some/file', done.value) ?? 'none';
      expect(diff === '' ? text : applyPatch(text, diff, { autoConvertLineEndings: false })).toBe(wanted);
    }),
    { numRuns: 1000 },
  );
});

test('a text of equal letters is found in one go, however long it is', async () => {
  const old = 'a'.repeat(500_000);
  const text = `${'a'.repeat(4_000_000)}b`;
  const many = await applyEdits(text, { kind: 'texts', edits: [{ old, new: '' }] });
  expect(many).toMatchObject({ ok: false, failure: { found: 3_500_001 } });
  const one = await applyEdits(text, { kind: 'texts', edits: [{ old: `${old}b`, new: 'c' }] });
  expect(one.ok && one.value.after.text.length).toBe(3_500_001);
});

test('100,000 places in all are edited, and no more', async () => {
  const text = `${'a'.repeat(100_000)}b`;
  const all = { old: 'a', new: 'c', count: 100_000 };
  const edited = await applyEdits(text, { kind: 'texts', edits: [all] });
  expect(edited.ok && edited.value.after.text).toBe(`${'c'.repeat(100_000)}b`);
  const more = await applyEdits(text, { kind: 'texts', edits: [all, { old: 'b', new: '' }] });
  expect(more).toMatchObject({ ok: false, failure: { reason: 'edit-invalid' } });
});
