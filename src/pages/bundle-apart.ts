/**
 * Makes a page in a process of its own: the bundler keeps descriptors for good, and ends its process where it gets none,
 * which must not be the server's.
 */
import { fail, messageOf, ok, type Result } from '../core/failure.ts';
import type { PageFile } from './page-file.ts';

export interface PageFailure {
  readonly reason: 'page-not-made';
  readonly detail: string;
}

/** `module`: a file of this source; `name`: its function that makes the page. */
export async function bundleApart(module: string, name: string): Promise<Result<readonly PageFile[], PageFailure>> {
  const program = `import { writeFileSync } from 'node:fs';
    import { ${name} as make } from ${JSON.stringify(module)};
    writeFileSync(1, JSON.stringify(await make()));`;
  try {
    const child = Bun.spawn([process.execPath, '-e', program], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
    const [text, said] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    if ((await child.exited) === 0) return ok(JSON.parse(text) as readonly PageFile[]);
    // In front of it Bun shows the place in the source.
    return failed(/^error: (.+)$/m.exec(said)?.[1] ?? said);
  } catch (error) {
    return failed(messageOf(error));
  }
}

const failed = (detail: string) => fail({ reason: 'page-not-made', detail } as const);
