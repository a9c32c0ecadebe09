/** Permission policies in words. */
import type { AgentSessionResource } from '../../../protocol/agents.ts';

type Policy = AgentSessionResource['policy'];

export const POLICY_TEXT: Readonly<Record<Policy, string>> = {
  ask: 'Ask here each time',
  workdir: 'Allow what stays in the folder',
  'read-only': 'Allow reading in the folder',
  'allow-all': 'Allow everything',
  'deny-all': 'Reject everything',
};

export const policyText = (policy: Policy): string => POLICY_TEXT[policy];
