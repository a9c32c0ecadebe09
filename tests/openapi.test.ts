import { describe, expect, test } from 'bun:test';
import { currentOpenApi, openApiPath, openApiText } from './support/openapi-text.ts';
import { readmePath, readmeWithSettings } from './support/readme-settings.ts';

const HOW_TO_RENEW = 'renew it with `npm run openapi`';

test('openapi.json is what the routes say of themselves', async () => {
  const committed = (await Bun.file(openApiPath).text()).replaceAll('\r\n', '\n');
  expect(committed === (await openApiText()) || HOW_TO_RENEW).toBe(true);
});

test('the README lists the settings as they are', async () => {
  const readme = (await Bun.file(readmePath).text()).replaceAll('\r\n', '\n');
  expect(readmeWithSettings(readme) === readme || HOW_TO_RENEW).toBe(true);
});

describe('what a reader of the document needs', () => {
  test('every operation has a summary, an id of its own, a tag, and answers that are described', async () => {
    const { paths } = await currentOpenApi();
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations.length).toBeGreaterThan(8);
    const lacking = operations.filter(
      ({ summary, operationId, tags, responses, parameters = [] }) =>
        ![summary, operationId, tags[0]].every(isText) ||
        Object.keys(responses).length === 0 ||
        ![...Object.values(responses), ...parameters].every(({ description }) => isText(description)),
    );
    expect(lacking.map(({ operationId }) => operationId)).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test('every field of every shape is described', async () => {
    const { components } = await currentOpenApi();
    expect(undescribed(components['schemas'])).toEqual([]);
    expect(
      undescribed({ Job: { properties: { id: {}, disk: { description: 'A disk.', properties: { free: {} } } } } }),
    ).toEqual(['Job.id', 'Job.disk.free']);
  });

  test('every reference leads somewhere', async () => {
    const document = await currentOpenApi();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1],
    );
    expect(references.length).toBeGreaterThan(10);
    expect(Object.keys(document.components['schemas'] as object)).toEqual(
      expect.arrayContaining([...new Set(references)]),
    );
  });
});

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

interface Shape {
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** Fields without a description, as `Shape.field.field`. A constant says it all by itself. */
function undescribed(shapes: unknown): string[] {
  const inside = (shape: Shape, path: string): string[] => [
    ...Object.entries(shape.properties ?? {}).flatMap(([name, field]) => [
      ...(isText(field.description) || field.const !== undefined ? [] : [`${path}.${name}`]),
      ...inside(field, `${path}.${name}`),
    ]),
    ...(shape.items === undefined ? [] : inside(shape.items, `${path}[]`)),
  ];
  return Object.entries(shapes as Readonly<Record<string, Shape>>).flatMap(([name, shape]) => inside(shape, name));
}
