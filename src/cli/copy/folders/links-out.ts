/** Links that lead out of the folder refuse it before anything of it is copied. */
import { endsInside } from '../../../files/archive/unpacked-links.ts';
import { Pace } from '../../../files/list/pace.ts';
import { Refusal } from '../refusal.ts';
import { rawOf, textOf, type Item } from './item.ts';

/** What is known of them beforehand; whoever unpacks looks again. */
export async function refuseLinksOut(items: readonly Item[]): Promise<void> {
  const links = items.filter(({ type }) => type === 'link');
  const targets = links.map(
    ({ name, target = '' }) => [rawOf(name), rawOf(Buffer.from(target, 'utf8').toString('latin1'))] as const,
  );
  const made = new Map(targets);
  const pace = new Pace();
  for (const [name, target] of targets)
    if (!(await endsInside({ made, folder: undefined }, name.split('/').slice(0, -1), target, pace)))
      throw new Refusal(
        `${JSON.stringify(textOf(name))} is a link that leads out; nothing is copied; leave it out with --exclude`,
      );
}
