import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Link, LinkedList } from '../../src/core/linked-list.ts';

class Named extends Link {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

test('has what was added and has not gone, the newest first', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20), { nil: undefined })), (steps) => {
      const list = new LinkedList<Named>();
      const expected: Named[] = [];
      for (const [number, gone] of steps.entries()) {
        if (gone === undefined) expected.unshift(list.add(new Named(number)));
        else {
          const [one] = expected.splice(gone % Math.max(1, expected.length), 1);
          one?.[Symbol.dispose]();
          // Once more is nothing.
          one?.[Symbol.dispose]();
          expect(one?.isLinked ?? false).toBe(false);
        }
        expect(list.items().map(({ name }) => name)).toEqual(expected.map(({ name }) => name));
        expect(expected.every(({ isLinked }) => isLinked)).toBe(true);
      }
    }),
  );
});

test('what has gone leads to nothing that came later', () => {
  const list = new LinkedList<Named>();
  const gone = list.add(new Named(1));
  gone[Symbol.dispose]();
  list.add(new Named(2));
  expect(gone.next).toBeUndefined();
});
