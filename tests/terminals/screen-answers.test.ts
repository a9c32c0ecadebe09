/** A program that asks its terminal, with and without somebody there. */
import { describe, test } from 'bun:test';
import { waitFor } from '../support/sandbox.ts';
import { FakeSocket, World } from './world.ts';

/** Asks, and shows what it got within the time that an answer of nobody takes. */
const asks = (question: string, bytes: number) =>
  `stty raw -echo; printf '${question}'; answer=$(head -c ${bytes} | tr '\\033' E); stty sane; echo "<$answer>"; sleep 600`;

describe.skipIf(process.platform === 'win32')('a terminal that nobody looks at', () => {
  test('answers for itself', async () => {
    await using world = await World.open();
    for (const [question, answer] of [
      [String.raw`\r\n12345\033[6n`, 'E[2;6R'],
      [String.raw`\033[5n`, 'E[0n'],
      [String.raw`\033[c`, 'E[?1;2c'],
      [String.raw`\033[0c`, 'E[?1;2c'],
      [String.raw`\033[>c`, 'E[>0;276;0c'],
    ] as const) {
      const terminal = world.run(asks(question, answer.length));
      await waitFor(`${answer} in ${terminal.read().data}`, () => terminal.read().data.includes(`<${answer}>`));
    }
  });

  test('answers a question that comes in pieces, where the cursor was', async () => {
    await using world = await World.open();
    const terminal = world.run(
      String.raw`stty raw -echo; printf 'ab\033'; sleep 0.05; printf '['; sleep 0.05; printf '6ncd'; head -c 6 | tr '\033' E; sleep 600`,
    );
    await waitFor('the answer', () => terminal.read().data.includes('E[1;3R'));
  });

  test('leaves the answer to whoever looks', async () => {
    await using world = await World.open();
    const terminal = world.run(`read go; ${asks(String.raw`\033[6n`, 3)}`);
    const attachment = terminal.attach(new FakeSocket());
    attachment.input('\rMINE');
    await waitFor('an answer', () => terminal.read().data.includes('<MIN>'));
  });
});
