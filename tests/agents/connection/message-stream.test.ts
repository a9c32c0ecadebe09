/** What of an agent's lines reaches the connection, and when. */
import { expect, test } from 'bun:test';
import type { AgentProcess } from '../../../src/agents/connection/agent-process.ts';
import { MessageStream } from '../../../src/agents/connection/message-stream.ts';
import { waitFor } from '../../support/wait.ts';

/** An agent that has said all of this, and reads an answer when it is told to. */
function agentOf(lines: readonly object[]) {
  const taken: (() => void)[] = [];
  const process: AgentProcess = {
    pid: 0,
    stdout: new ReadableStream({
      start: (controller) => {
        for (const line of lines) controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
      },
    }),
    stderr: new Blob().stream(),
    exited: new Promise(() => {}),
    write: () => new Promise((resolve) => taken.push(() => resolve(true))),
    end: async () => {},
  };
  const { stream } = new MessageStream(process, { notification: () => {}, oddity: () => {} });
  const got: unknown[] = [];
  const writer = stream.writable.getWriter();
  void (async () => {
    for await (const message of stream.readable) {
      if (!('id' in message)) continue;
      got.push(message.id);
      void writer.write({ jsonrpc: '2.0', id: message.id, result: {} });
    }
  })();
  return { got, take: () => waitFor('an answer', () => taken.shift()).then((resolve) => resolve()) };
}

const read = (id: unknown) => ({ id, method: 'fs/read_text_file', params: { path: '/x' } });

test('files are read for an agent a few at a time, the next when it has read an answer', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? index : `id-${index}`));
  const agent = agentOf([...ids.map(read), { id: 'other', method: 'session/request_permission', params: {} }]);
  // What is asked besides does not wait behind them.
  await waitFor('the other request', () => agent.got.includes('other'));
  expect(agent.got).toEqual([...ids.slice(0, 4), 'other']);
  for (let count = 0; count <= ids.length; count += 1) await agent.take();
  expect(agent.got.filter((id) => id !== 'other')).toEqual(ids);
});

test('ids that an agent uses twice hold nothing up', async () => {
  const agent = agentOf(Array.from({ length: 20 }, () => read(1)));
  for (let count = 0; count < 20; count += 1) await agent.take();
  expect(agent.got).toHaveLength(20);
});
