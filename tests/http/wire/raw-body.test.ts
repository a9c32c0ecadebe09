import { expect, test } from 'bun:test';
import { readPieces } from '../../../src/http/wire/raw-body.ts';

test('what fails as a piece is taken in is no connection that broke', async () => {
  const request = new Request('http://localhost/', { method: 'PUT', body: 'x' });
  const failing = async () => {
    throw new Error('the disk is damaged');
  };
  await expect(readPieces(request, failing)).rejects.toThrow('the disk is damaged');
});
