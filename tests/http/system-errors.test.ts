/** What a caller is told when the system refuses the server something that no room expects there. */
import { expect, test } from 'bun:test';
import { application, resource } from '../../src/http/wire/routes.ts';

const answerTo = async (error: Error): Promise<{ status: number; body: unknown; reported: unknown[] }> => {
  const reported: unknown[] = [];
  const app = application((_request, told) => reported.push(told)).use(
    resource('failing').get('/failing', () => {
      throw error;
    }),
  );
  const answer = await app.fetch(new Request('http://localhost/failing'));
  return { status: answer.status, body: await answer.json(), reported };
};

const systemError = (code: string) =>
  Object.assign(new Error(`${code}: something, open '/home/someone/secret'`), { code });

test.each([
  [
    'EMFILE',
    'it has too many files open (EMFILE); end jobs, sessions or terminals, or start it with a higher limit of open files',
  ],
  ['ENOSPC', 'the disk is full (ENOSPC); make room on the disk that holds the data folder'],
  [
    'EACCES',
    'the system does not let it use a file or folder of its own (EACCES); let the user who runs the server write there',
  ],
  ['EROFS', 'the disk is read-only (EROFS); make it one that can be written'],
])('%s is told in a sentence, without the path, and logged', async (code, words) => {
  const error = systemError(code);
  expect(await answerTo(error)).toEqual({
    status: 500,
    body: { error: `the server cannot do it now: ${words}` },
    reported: [error],
  });
});

test('anything else is a mistake of ours: the log has it, the caller does not', async () => {
  for (const error of [new TypeError('x is not a function'), systemError('ENOENT')])
    expect(await answerTo(error)).toEqual({ status: 500, body: { error: 'internal error' }, reported: [error] });
});
