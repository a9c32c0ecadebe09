/** Markdown that comes in pieces, in a browser: the module alone, without the page around it. */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import type { GrowingMarkdown } from '../../src/console/page/agents/markdown/growing-markdown.ts';
import { sharedRig } from '../contract/shared-rig.ts';
import { liveServer } from '../support/doors.ts';
import { inChromium, type OpenPage, type WatchedPage } from './chromium.ts';

const rig = sharedRig(liveServer);
const SOURCE = join(import.meta.dir, '..', '..', 'src', 'console', 'page', 'agents', 'markdown', 'growing-markdown.ts');

const TEXT = `# Heading

A paragraph with **bold**, \`code\` and
a second line.

Setext
------

- item
- item

  more of it
    - deeper

1. one
2. two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const a = 1;

const b = \`x\`;
\`\`\`

> quoted
> > twice

    indented

    code

The end.\r\nOf all.`;

async function openModule(open: OpenPage): Promise<WatchedPage> {
  const built = await Bun.build({ entrypoints: [SOURCE], target: 'browser', format: 'esm' });
  const code = (await built.outputs[0]?.text()) ?? '';
  const watched = await open(rig().url);
  await watched.page.evaluate(
    code.replace(/export \{\s*GrowingMarkdown\s*\};?/, 'window.GrowingMarkdown = GrowingMarkdown;'),
  );
  return watched;
}

/** What is shown when these pieces came one after the other. */
function grow(pieces: readonly string[]): { readonly html: string; readonly code: string } {
  const { GrowingMarkdown: Growing } = globalThis as unknown as { GrowingMarkdown: typeof GrowingMarkdown };
  const growing = new Growing();
  for (const piece of pieces) {
    growing.append(piece);
    growing.draw();
  }
  const blocks = [...growing.element.children].flatMap((flow) => [...flow.children]);
  return {
    html: blocks.map(({ outerHTML }) => outerHTML).join('\n'),
    code: blocks.map((block) => block.querySelector('pre')?.textContent ?? '').join('\n'),
  };
}

inChromium('Markdown that grows', (open) => {
  test('however it is cut into pieces, it is the same', async () => {
    await using watched = await openModule(open);
    const { page } = watched;
    const whole = await page.evaluate(grow, [TEXT]);
    expect(whole.html).toContain('<table>');
    for (const size of [1, 2, 3, 5, 7, 11, 40, 100]) {
      const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect({ size, ...(await page.evaluate(grow, [...pieces])) }).toEqual({ size, ...whole });
    }
  });

  test('code without end is shown piece by piece, and none of it is lost', async () => {
    await using watched = await openModule(open);
    const { page } = watched;
    const lines = Array.from({ length: 6000 }, (_, index) => `line ${index}`);
    const pieces = ['```\n', ...lines.map((line) => `${line}\n`), '```\n', '\nafter'];
    const grown = await page.evaluate(grow, pieces);
    expect(grown.code.trim().split('\n')).toEqual(lines);
    expect(grown.html).toEndWith('<p>after</p>');
  });
});
