/**
 * The wire contract, run over every door. It is in parts of about the same length: a test file of each, in the folder of the
 * door, so that they run side by side.
 */
import { describe } from 'bun:test';
import type { Door } from '../support/doors.ts';
import { acpDoorsSuite, acpSocketsSuite } from './suite-acp-doors.ts';
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
import { badBodiesSuite } from './suite-bad-bodies.ts';
import { badRequestsSuite } from './suite-bad-requests.ts';
import { execSuite } from './suite-exec.ts';
import { filesArchiveNamesSuite } from './suite-files-archive-names.ts';
import { filesArchiveSuite } from './suite-files-archive.ts';
import { filesUploadsSuite } from './suite-files-uploads.ts';
import { filesDeleteSuite } from './suite-files-delete.ts';
import { filesEditRefusedSuite } from './suite-files-edit-refused.ts';
import { filesBytesSuite } from './suite-files-bytes.ts';
import { filesDeepSuite } from './suite-files-deep.ts';
import { filesEditSuite } from './suite-files-edit.ts';
import { filesMoveSuite } from './suite-files-move.ts';
import { filesReadManySuite } from './suite-files-read-many.ts';
import { filesListSuite } from './suite-files-list.ts';
import { filesReadSuite } from './suite-files-read.ts';
import { filesSearchSuite } from './suite-files-search.ts';
import { filesStatSuite } from './suite-files-stat.ts';
import { filesWriteManySuite } from './suite-files-write-many.ts';
import { filesWriteSuite } from './suite-files-write.ts';
import { filesWatchSuite } from './suite-files-watch.ts';
import { followSuite } from './suite-follow.ts';
import { foreignOriginsSuite } from './suite-foreign-origins.ts';
import { inputSuite } from './suite-input.ts';
import { jobsSuite } from './suite-jobs.ts';
import { keysSuite } from './suite-keys.ts';
import { narrowKeysSuite, narrowSocketsSuite } from './suite-narrow-keys.ts';
import { outputSuite } from './suite-output.ts';
import { portOriginSuite } from './suite-port-origin.ts';
import { portProxySuite } from './suite-port-proxy.ts';
import { portSocketsSuite } from './suite-port-sockets.ts';
import { portTcpSuite } from './suite-port-tcp.ts';
import { portsSuite } from './suite-ports.ts';
import { processesSuite } from './suite-processes.ts';
import { processJobsSuite, processSurvivalSuite } from './suite-process-jobs.ts';
import { runtimeClientSuite } from './suite-runtime-client.ts';
import { sessionLifeSuite } from './suite-session-life.ts';
import { sessionRefusalsSuite } from './suite-session-refusals.ts';
import { sessionsSuite } from './suite-sessions.ts';
import { signalsSuite } from './suite-signals.ts';
import { stopSuite } from './suite-stop.ts';
import { survivalSuite } from './suite-survival.ts';
import { systemSuite } from './suite-system.ts';
import { terminalAttachSuite } from './suite-terminal-attach.ts';
import { terminalLimitsSuite } from './suite-terminal-limits.ts';
import { terminalProgramsSuite } from './suite-terminal-programs.ts';
import { terminalSocketSuite } from './suite-terminal-socket.ts';
import { terminalsSuite } from './suite-terminals.ts';
import { timelineSuite } from './suite-timeline.ts';
import { treeSuite } from './suite-tree.ts';
import { updateSuite } from './suite-update.ts';
import { watchingSuite } from './suite-watching.ts';

type Suite = (door: Door) => void;

/** `mortal`: of what only a server with ports has, that can be killed. */
const PARTS = {
  commands: [
    authenticationSuite,
    keysSuite,
    narrowKeysSuite,
    execSuite,
    jobsSuite,
    runtimeClientSuite,
    badBodiesSuite,
    badRequestsSuite,
    foreignOriginsSuite,
    outputSuite,
    timelineSuite,
    inputSuite,
    signalsSuite,
    processJobsSuite,
    additionsSuite,
    followSuite,
    treeSuite,
    sessionsSuite,
    sessionRefusalsSuite,
    sessionLifeSuite,
    terminalsSuite,
    terminalLimitsSuite,
    terminalProgramsSuite,
  ],
  machine: [
    filesArchiveSuite,
    filesArchiveNamesSuite,
    filesUploadsSuite,
    filesEditSuite,
    filesEditRefusedSuite,
    filesReadSuite,
    filesReadManySuite,
    filesWriteManySuite,
    filesBytesSuite,
    filesDeepSuite,
    filesListSuite,
    filesSearchSuite,
    filesStatSuite,
    filesWriteSuite,
    filesMoveSuite,
    filesDeleteSuite,
    filesWatchSuite,
    updateSuite,
    watchingSuite,
    systemSuite,
    portsSuite,
    processesSuite,
  ],
  agents: [
    acpSuite,
    acpRecordSuite,
    acpResumeSuite,
    acpPolicySuite,
    acpEndSuite,
    acpShellSuite,
    agentsSuite,
    agentTurnsSuite,
    agentEventsSuite,
    agentPermissionsSuite,
    agentLifeSuite,
    agentHazardsSuite,
    agentBadInputSuite,
    acpDoorsSuite,
  ],
  mortal: [
    portProxySuite,
    portOriginSuite,
    portSocketsSuite,
    portTcpSuite,
    terminalSocketSuite,
    terminalAttachSuite,
    narrowSocketsSuite,
    acpSocketsSuite,
    survivalSuite,
    processSurvivalSuite,
    stopSuite,
  ],
} satisfies Record<string, readonly Suite[]>;

export type ContractPart = keyof typeof PARTS;
export const CONTRACT_PARTS = Object.keys(PARTS) as ContractPart[];

export function contractSuite(door: Door, part: ContractPart): void {
  describe(`the contract, ${door.name}`, () => {
    if (part === 'mortal' && !door.mortal)
      process.stdout.write(`the contract, ${door.name}: no stories of sockets and of survival, there is no port\n`);
    else for (const suite of PARTS[part]) suite(door);
  });
}
