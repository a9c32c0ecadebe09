/** `agent-server cat`: bytes of files of the server's machine, as they are and as they come. */
import type { Client } from '../../client/client.ts';
import { chunksOf } from '../../client/chunks.ts';
import { refused } from '../../client/failure.ts';
import type { FilesRead, FilesReadRequest } from '../../protocol/files/read-many.ts';
import { refuseUsage } from '../command/usage.ts';
import { defineVerb } from '../command/verb.ts';
import { CONNECT_ARGS } from '../connection/connect.ts';
import { printJson, write } from '../output.ts';
import { partOf, type Part } from './cat-part.ts';
import { LineWindow } from './line-window.ts';
import { PATH_HINT, withPath } from './with-path.ts';

/** A server sends a file without a pause. */
const SILENCE_MS = 45_000;
const NOT_TEXT = 415;

export const cat = defineVerb({
  name: 'cat',
  description: 'Print files of the server’s machine, byte by byte as they are.',
  args: {
    path: {
      type: 'positional',
      required: true,
      repeats: true,
      description: `The files, one after the other. ${PATH_HINT}`,
    },
    from: { type: 'string', valueHint: 'LINE', description: 'First line, from 1.' },
    to: { type: 'string', valueHint: 'LINE', description: 'Last line, included.' },
    range: {
      type: 'string',
      valueHint: 'FIRST-LAST',
      description: 'Only these bytes, from 0, the last one included; without it up to the end.',
    },
    ...CONNECT_ARGS,
    json: {
      type: 'boolean',
      description:
        'Print JSON for programs: a line for each file, with text or base64, version and SHA-256. Up to 8 MiB each.',
    },
  },
  examples: [
    'cat /etc/hosts',
    'cat box:/srv/app/log.txt --from 100 --to 120',
    'cat :/srv/image.png > image.png',
    'cat /srv/data.bin --range 0-1023 | xxd',
  ],
  completes: { path: 'path' },
  async run({ args }) {
    const part = partOf(args);
    if (!part.ok) return refuseUsage(part.failure.message, 'cat');
    let worst = 0;
    for (const path of args._) {
      const code = await withPath(path, 'cat', args, async (client, file) => {
        await (args.json === true ? printDocument(client, file, part.value) : printBytes(client, file, part.value));
        return 0;
      });
      worst = Math.max(worst, code);
    }
    return worst;
  },
});

async function printBytes(client: Client, path: string, part: Part): Promise<void> {
  const { body } = await client.files.read(
    path,
    part.of === 'bytes' ? { from: part.from, ...(part.end !== undefined && { to: part.end }) } : {},
  );
  if (body === null) return;
  const lines = part.of === 'lines' ? new LineWindow(part.from, part.to) : undefined;
  for await (const chunk of chunksOf(body, SILENCE_MS)) {
    const wanted = lines === undefined ? chunk : lines.take(chunk);
    if (wanted.length > 0) await write('stdout', wanted);
    if (lines?.over === true) return;
  }
}

async function printDocument(client: Client, path: string, part: Part): Promise<void> {
  const text = await readOne(client, { path, ...wire(part) });
  const isBytes = !text.ok && text.status === NOT_TEXT;
  // Lines of what is no text are those of its bytes, which this answer does not have.
  const item =
    isBytes && part.of !== 'lines' ? await readOne(client, { path, ...wire(part), encoding: 'base64' }) : text;
  if (!item.ok) throw refused(item.status, { error: item.error });
  await printJson(item);
}

type Wanted = FilesReadRequest['items'][number];
type Item = FilesRead['items'][number];

async function readOne(client: Client, wanted: Wanted): Promise<Item> {
  const [item] = await client.files.readMany([wanted]);
  if (item === undefined) throw new Error('the server answered without the item that it was asked for');
  return item;
}

function wire(part: Part): Omit<Wanted, 'path'> {
  switch (part.of) {
    case 'all':
      return {};
    case 'lines':
      return { from: part.from, to: part.to };
    case 'bytes':
      return { offset: part.from, ...(part.end !== undefined && { bytes: part.end - part.from }) };
  }
}
