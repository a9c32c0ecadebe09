/** What the agents of several stories do. */
import type { Script } from './stand-in.ts';

export const shell = { toolCallId: 't1', title: 'Run the tests', kind: 'execute', rawInput: { command: 'npm test' } };

/** Tool calls of each kind: done, failed without an announcement, never done. */
export const tools: Script = (agent) => {
  agent.update('agent_thought_chunk', { content: { type: 'text', text: 'Hm.' } });
  agent.says('Let me ');
  agent.says('see.');
  agent.update('tool_call', { ...shell, status: 'pending' });
  agent.update('tool_call_update', { toolCallId: 't1', status: 'in_progress' });
  agent.update('tool_call_update', { toolCallId: 't1', status: 'completed' });
  agent.update('tool_call_update', { toolCallId: 't1', rawOutput: 'comes late' });
  agent.update('tool_call_update', { toolCallId: 't2', status: 'failed', locations: [{ path: '/w/a.ts' }] });
  agent.update('tool_call', { toolCallId: 't3', title: 'Never done' });
  agent.says('All is well.');
  return 'end_turn';
};
