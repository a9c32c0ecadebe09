/** Disks that do not answer, and shares of a network. */
import { expect, test } from 'bun:test';
import { Disks, type Space } from '../../src/system/disks.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { disk } from './machine.ts';

const SPACE: Space = { total: 10, free: 5 };

test('one that hangs has no sizes after a second, delays no other, and is not asked again while it hangs', async () => {
  const clock = new ManualClock();
  const asked: string[] = [];
  let answer: (space: Space) => void = () => {};
  const ask = (path: string): Promise<Space> => {
    asked.push(path);
    return path === '/dead' ? new Promise((resolve) => (answer = resolve)) : Promise.resolve(SPACE);
  };
  const disks = new Disks(() => [disk('/'), disk('/dead')], ask, clock);
  const sizes = async () => {
    const looked = disks.look();
    await clock.advance(1000);
    return (await looked).map(({ path, space }) => [path, space]);
  };
  const whileItHangs = [
    ['/', SPACE],
    ['/dead', undefined],
  ];
  expect(await sizes()).toEqual(whileItHangs);
  expect(await sizes()).toEqual(whileItHangs);
  expect(asked).toEqual(['/', '/dead', '/']);
  answer(SPACE);
  await clock.advance(0);
  expect(await sizes()).toEqual([
    ['/', SPACE],
    ['/dead', undefined],
  ]);
  expect(asked).toEqual(['/', '/dead', '/', '/', '/dead']);
});

test('a share of a network is listed and never asked; a disk that refuses has no sizes', async () => {
  const asked: string[] = [];
  const ask = (path: string): Promise<Space> => {
    asked.push(path);
    return Promise.reject(new Error('EACCES'));
  };
  const disks = new Disks(() => [disk('/own'), disk('/share', true)], ask, new ManualClock());
  expect(await disks.look()).toMatchObject([
    { path: '/own', space: undefined },
    { path: '/share', space: undefined },
  ]);
  expect(asked).toEqual(['/own']);
});
