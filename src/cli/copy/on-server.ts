/** A copy on one server, which makes it itself; what takes long there is a job, which is followed. */
import type { Client } from '../../client/client.ts';
import { Refusal } from './refusal.ts';
import type { Thing } from './thing.ts';
import type { Transfer, Transferred } from './transfer.ts';

export async function copyOnServer(
  client: Client,
  source: Thing,
  label: string,
  to: string,
  { signal, meter, noClobber }: Transfer,
): Promise<Transferred> {
  const isFolder = source.type === 'folder';
  const options = { recursive: isFolder, overwrite: !noClobber && !isFolder, signal };
  const done = await client.files.copy(source.path, to, options);
  const { files, bytes } = 'jobId' in done ? await followed(done.jobId) : done;
  return { type: isFolder ? 'folder' : 'file', files, bytes };

  async function followed(jobId: string): Promise<{ files: number; bytes: number }> {
    meter.begin(label, isFolder ? undefined : source.size);
    const last = { files: 0, bytes: 0 };
    let refused = '';
    try {
      for await (const event of client.follow(jobId, { signal })) {
        if (event.type === 'stdout') {
          for (const line of event.text.split('\n')) if (line !== '') Object.assign(last, JSON.parse(line));
          meter.at(last.bytes);
        } else if (event.type === 'stderr') refused += event.text;
        else if (event.type === 'end' && event.exitCode !== 0)
          throw new Refusal(`${label}: ${refused.trim() || 'the server has ended the copy'}`);
      }
    } catch (error) {
      if (signal.aborted) await client.cancel(jobId).catch(() => {});
      throw error;
    }
    return last;
  }
}
