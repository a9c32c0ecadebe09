import { expect, test } from 'bun:test';
import { messageOf } from '../../../src/core/failure.ts';
import { readPieces } from '../../../src/http/wire/raw-body.ts';

test('what fails as a piece is taken in is no connection that broke', async () => {
  const request = new Request('http://localhost/', { method: 'PUT', body: 'x' });
  const failing = async () => {
    throw new Error('the disk is damaged');
  };
  expect(await readPieces(request, failing).catch(messageOf)).toBe('the disk is damaged');
});
