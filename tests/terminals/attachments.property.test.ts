/**
 * Whatever sockets and the program do, in any order: every socket gets exactly the output from where it began, or is
 * cut off and told truly where to go on; and the program is paused only for, and always by, the furthest of them.
 */
import { expect, test } from 'bun:test';
import * as fc from 'fast-check';
import { TIMEOUT_MS, type Attachment } from '../../src/terminals/attachment.ts';
import { SCROLLBACK_BYTES } from '../../src/terminals/terminal.ts';
import { FakePty, fakeTerminal } from './fake-pty.ts';
import { FakeSocket } from './world.ts';

type Action =
  | { do: 'print'; text: string; bytes: number }
  | { do: 'attach'; room: number; from: 'oldest' | 'where it was' }
  | { do: 'drain'; which: number; room: number }
  | { do: 'detach'; which: number }
  | { do: 'wait'; share: number }
  | { do: 'resize'; cols: number }
  | { do: 'exit' };

const room = fc.oneof({ arbitrary: fc.integer({ min: 1, max: 4 }), weight: 2 }, fc.constant(1000));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('print' as const),
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
      bytes: fc.oneof(fc.constant(1), fc.nat(30_000), fc.nat(700_000)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('attach' as const),
      room,
      from: fc.constantFrom('oldest' as const, 'where it was' as const),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('drain' as const), which: fc.nat(), room }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('detach' as const), which: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), share: fc.double({ min: 0.1, max: 1.5, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), cols: fc.integer({ min: 10, max: 500 }) }) },
);

/** A client that counts as one does: by the UTF-8 length of the text it received. */
class Client extends FakeSocket {
  attachment: Attachment | undefined;
  detached = false;
  /** Frames that came though it had said that it is full. */
  unwanted = 0;

  override output(text: string): boolean {
    if (this.isFull) this.unwanted += 1;
    return super.output(text);
  }

  get since(): number {
    const [first] = this.controls;
    if (first?.type !== 'attached') throw new Error('the first frame is not `attached`');
    return first.since;
  }

  get next(): number {
    return this.since + Buffer.byteLength(this.text);
  }

  get isFull(): boolean {
    return this.room <= 0;
  }

  get isLive(): boolean {
    return !this.detached && this.closed === undefined;
  }
}

test.each([true, false])(
  'nothing is lost and nothing comes twice (a program that can be paused: %p)',
  async (canPause) => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 60 }), fc.boolean(), async (actions, exits) => {
        const { terminal, pty, clock } = fakeTerminal(new FakePty(canPause));
        let all = Buffer.alloc(0);
        const clients: Client[] = [];
        const pick = (which: number) => clients[which % Math.max(1, clients.length)];
        let exited = false;

        const check = () => {
          const oldest = Math.max(0, all.length - SCROLLBACK_BYTES);
          for (const client of clients) {
            expect(client.text).toBe(all.subarray(client.since, client.next).toString());
            expect(client.unwanted).toBe(0);
            if (client.isLive && !client.isFull) expect(client.next).toBe(all.length);
            if (client.isLive) expect(client.next).toBeGreaterThanOrEqual(oldest);
            if (client.closed?.code === 1013) {
              expect(client.closed.reason).toBe(`Too slow; reconnect with since=${client.next}`);
              expect(client.isFull).toBe(true);
            }
            if (client.closed?.code === 1000) {
              expect(client.next).toBe(all.length);
              expect(client.controls.at(-1)).toEqual({ type: 'exit', exitCode: 3 });
            }
          }
          const live = clients.filter((client) => client.isLive);
          expect(terminal.attached).toBe(live.length);
          const lag = Math.min(...live.map((client) => all.length - client.next));
          if (exited) return;
          if (pty.paused) expect(lag).toBeGreaterThanOrEqual(64 * 1024);
          else if (canPause && live.length > 0) expect(lag).toBeLessThanOrEqual(256 * 1024);
          else expect(pty.paused).toBe(false);
        };

        const perform = async (step: Action): Promise<void> => {
          switch (step.do) {
            case 'print': {
              const some = step.text.replaceAll('\0', '0');
              const text = Buffer.from(some.repeat(Math.ceil(step.bytes / Buffer.byteLength(some))));
              pty.print(text);
              all = Buffer.concat([all, text]);
              break;
            }
            case 'attach': {
              const before = clients.findLast((client) => !client.isLive);
              const client = new Client();
              client.room = step.room;
              const since = step.from === 'oldest' ? undefined : before?.next;
              clients.push(client);
              const start = Math.max(0, all.length - SCROLLBACK_BYTES);
              client.attachment = terminal.attach(client, { since });
              expect(client.controls[0]).toMatchObject({ id: terminal.id, next: all.length });
              // Whole characters may begin up to three bytes later.
              expect(client.since - Math.max(since ?? 0, start)).toBeWithin(0, 4);
              break;
            }
            case 'drain': {
              const client = pick(step.which);
              if (client === undefined || !client.isFull || !client.isLive) break;
              client.room = step.room;
              client.attachment?.drained();
              break;
            }
            case 'detach': {
              const client = pick(step.which);
              if (client === undefined || client.closed !== undefined) break;
              client.detached = true;
              client.attachment?.detach();
              break;
            }
            case 'wait':
              clock.advance(step.share * TIMEOUT_MS);
              break;
            case 'resize':
              terminal.resize(step.cols, 24);
              break;
            case 'exit':
              await pty.exit(3);
              exited = true;
          }
          check();
        };

        for (const step of actions) await perform(step);
        if (exits) await perform({ do: 'exit' });
        // In the end everybody who still reads gets the rest.
        for (const client of clients.filter((one) => one.isLive)) {
          client.room = Number.POSITIVE_INFINITY;
          client.attachment?.drained();
          expect(client.next).toBe(all.length);
        }
        check();
        for (const client of clients) client.attachment?.detach();
        expect([terminal.attached, pty.paused, clock.pending]).toEqual([0, exited && pty.paused, 0]);
      }),
      { numRuns: 150 },
    );
  },
);
