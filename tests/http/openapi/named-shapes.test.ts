/** A shape with a name stands once in the document, and everywhere else by reference. */
import { expect, test } from 'bun:test';
import Type from 'typebox';
import { NamedShapes } from '../../../src/http/openapi/named-shapes.ts';

const SIZE = Type.Object({ cols: Type.Integer() }, { $id: 'Size' });
const SCREEN = Type.Object({ size: SIZE, old: Type.Array(SIZE) }, { $id: 'Screen' });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('one without a name stands where it is used, with the named ones inside of it by reference', () => {
  const shapes = new NamedShapes();
  expect(plain(shapes.refer(Type.Array(SIZE)))).toEqual({
    type: 'array',
    items: { $ref: '#/components/schemas/Size' },
  });
  expect(Object.keys(shapes.all())).toEqual(['Size']);
});

test('one with a name is a reference, and stands once, without its `$id`', () => {
  const shapes = new NamedShapes();
  const reference = { $ref: '#/components/schemas/Screen' };
  expect([shapes.refer(SCREEN), shapes.refer(SCREEN)]).toEqual([reference, reference]);
  expect(plain(shapes.all())).toEqual({
    Screen: {
      type: 'object',
      required: ['size', 'old'],
      properties: {
        size: { $ref: '#/components/schemas/Size' },
        old: { type: 'array', items: { $ref: '#/components/schemas/Size' } },
      },
    },
    Size: { type: 'object', required: ['cols'], properties: { cols: { type: 'integer' } } },
  });
});

test('one that holds itself ends', () => {
  const shapes = new NamedShapes();
  const node: Record<string, unknown> = { $id: 'Node', type: 'object' };
  node['properties'] = { next: node };
  shapes.refer(node);
  expect(shapes.all()).toEqual({
    Node: { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } },
  });
});

test('all of them are in alphabetical order, whichever came first', () => {
  const shapes = new NamedShapes();
  shapes.refer(SIZE);
  shapes.refer(SCREEN);
  expect(Object.keys(shapes.all())).toEqual(['Screen', 'Size']);
});

test('any part of a document may hold named shapes', () => {
  const content = { required: true, content: { 'application/json': { schema: SIZE } } };
  expect(new NamedShapes().embed(content)).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Size' } } },
  });
});
