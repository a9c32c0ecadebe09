/** The wire contract, run over every door: `contractSuite(door)` in a test file of that door. */
import { describe } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { acpEndSuite } from './suite-acp-end.ts';
import { acpPolicySuite } from './suite-acp-policy.ts';
import { acpRecordSuite } from './suite-acp-record.ts';
import { acpResumeSuite } from './suite-acp-resume.ts';
import { acpShellSuite } from './suite-acp-shell.ts';
import { acpSuite } from './suite-acp.ts';
import { additionsSuite } from './suite-additions.ts';
import { agentBadInputSuite } from './suite-agent-bad-input.ts';
import { agentEventsSuite } from './suite-agent-events.ts';
import { agentHazardsSuite } from './suite-agent-hazards.ts';
import { agentLifeSuite } from './suite-agent-life.ts';
import { agentPermissionsSuite } from './suite-agent-permissions.ts';
import { agentTurnsSuite } from './suite-agent-turns.ts';
import { agentsSuite } from './suite-agents.ts';
import { authenticationSuite } from './suite-authentication.ts';
import { badInputSuite } from './suite-bad-input.ts';
import { execSuite } from './suite-exec.ts';
import { followSuite } from './suite-follow.ts';
import { jobsSuite } from './suite-jobs.ts';
import { runtimeClientSuite } from './suite-runtime-client.ts';
import { keysSuite } from './suite-keys.ts';
import { narrowKeysSuite, narrowSocketsSuite } from './suite-narrow-keys.ts';
import { sessionLifeSuite } from './suite-session-life.ts';
import { sessionsSuite } from './suite-sessions.ts';
import { survivalSuite } from './suite-survival.ts';
import { terminalAttachSuite } from './suite-terminal-attach.ts';
import { terminalProgramsSuite } from './suite-terminal-programs.ts';
import { terminalSocketSuite } from './suite-terminal-socket.ts';
import { terminalsSuite } from './suite-terminals.ts';
import { treeSuite } from './suite-tree.ts';
import { updateSuite } from './suite-update.ts';
import { watchingSuite } from './suite-watching.ts';

export function contractSuite(door: Door): void {
  describe(`the contract, ${door.name}`, () => {
    authenticationSuite(door);
    keysSuite(door);
    narrowKeysSuite(door);
    execSuite(door);
    jobsSuite(door);
    runtimeClientSuite(door);
    badInputSuite(door);
    additionsSuite(door);
    followSuite(door);
    treeSuite(door);
    sessionsSuite(door);
    sessionLifeSuite(door);
    terminalsSuite(door);
    updateSuite(door);
    watchingSuite(door);
    terminalProgramsSuite(door);
    acpSuite(door);
    acpRecordSuite(door);
    acpResumeSuite(door);
    acpPolicySuite(door);
    acpEndSuite(door);
    acpShellSuite(door);
    agentsSuite(door);
    agentTurnsSuite(door);
    agentEventsSuite(door);
    agentPermissionsSuite(door);
    agentLifeSuite(door);
    agentHazardsSuite(door);
    agentBadInputSuite(door);
    if (door.mortal) {
      terminalSocketSuite(door);
      terminalAttachSuite(door);
      narrowSocketsSuite(door);
      survivalSuite(door);
    } else
      process.stdout.write(`the contract, ${door.name}: no stories of sockets and of survival, there is no port\n`);
  });
}
