/** Links that lead out of the folder refuse it before anything of it is copied. */
import { endsInside } from '../../../files/archive/unpacked-links.ts';
import { Refusal } from '../refusal.ts';
import { rawOf, textOf, type Item } from './item.ts';

/** What is known of them beforehand; whoever unpacks looks again. */
export function refuseLinksOut(items: readonly Item[]): void {
  const links = items.filter(({ type }) => type === 'link');
  const targets = links.map(
    ({ name, target = '' }) => [rawOf(name), rawOf(Buffer.from(target, 'utf8').toString('latin1'))] as const,
  );
  const made = new Map(targets);
  for (const [name, target] of targets)
    if (!endsInside({ made, folder: undefined }, name.split('/').slice(0, -1), target))
      throw new Refusal(
        `${JSON.stringify(textOf(name))} is a link that leads out; nothing is copied; leave it out with --exclude`,
      );
}
