/**
 * The package `agent-server-client`: what programs in Node 20, Bun and the browser import. `npm run build:client` makes it
 * of this file; README.md beside it is the one of the package.
 */
export { Client, isFinished } from './client.ts';
export type {
  AcpRequest,
  ExecOptions,
  HealthAnswer,
  JobOptions,
  JobsOptions,
  ProcessRequest,
  TimelineOptions,
} from './client.ts';
export type { ClientOptions, Fetch } from './options.ts';
export { ClientError } from './failure.ts';
export type { ClientFailure, RefusalBody } from './failure.ts';
export type { JobEvent, JobOutputEvent, OutputStream } from './follow.ts';
export type { FollowOptions } from './numbered-events.ts';
export type { OutputRange } from './output.ts';
export type { AgentCalls, FollowedAgentEvent, LogOptions, PromptOptions } from './agents.ts';
export type { TerminalCalls, TerminalOutputOptions } from './terminals.ts';
export type { LinkEnd, TerminalLink, TerminalLinkListener, TerminalLinkOptions } from './terminal-link.ts';
export type { BinarySocketLike, MakeWebSocket, WebSocketLike } from './plain-socket.ts';
export type { ProcessCalls, ProcessesOptions } from './processes.ts';
export type { KeyCalls } from './keys.ts';
export type { AuditCalls, AuditPage } from './audit.ts';
export type {
  AppendOptions,
  CopyOptions,
  DeleteOptions,
  MoveOptions,
  FileBytes,
  MakeFolderOptions,
  WriteFileOptions,
} from './files/write.ts';
export type { EditFileOptions, ManyOptions, WriteManyOptions } from './files/edit.ts';
export type { FileCalls, ReadFileOptions, StatOptions, WatchedEvent, WatchOptions } from './files.ts';
export type { ArchiveOptions, UnpackOptions } from './files/archive.ts';
export type { CreateUploadOptions, UploadCalls } from './files/uploads.ts';
export type { ListFilesOptions } from './files/list.ts';
export type { FileSearchRow } from './files/search.ts';
export type { PortCalls, PortEvent, PortListOptions } from './ports.ts';
export type { PortStream } from './port-stream.ts';
export type { RegistrationCalls } from './registration.ts';
export type { SystemCalls, SystemFollowOptions, SystemOptions } from './system.ts';
export type { UpdateCalls } from './update.ts';
export { shellsOf } from './shells.ts';
export type { ExecRequest } from '../protocol/exec.ts';
export type {
  Accepted,
  CancelAnswer,
  InputAnswer,
  InputRequest,
  JobResource,
  NudgeAnswer,
  SignalAnswer,
  SignalRequest,
} from '../protocol/job.ts';
export type { EndEvent, OutputEvent, StatusEvent } from '../protocol/feed.ts';
export type { Timeline, TimelineEntry } from '../protocol/timeline.ts';
export type { Activity, Health } from '../protocol/health.ts';
export type { SessionDeleted, SessionResource } from '../protocol/session.ts';
export type { System, SystemDisk, SystemEvent, SystemMemory } from '../protocol/system.ts';
export type {
  TerminalDeleted,
  TerminalExecuteAnswer,
  TerminalExecuteRequest,
  TerminalInputAnswer,
  TerminalOutput,
  TerminalRequest,
  TerminalResource,
  TerminalScreen,
  TerminalSize,
} from '../protocol/terminal.ts';
export type {
  AgentCancelAnswer,
  AgentClient,
  AgentEvent,
  AgentPrompt,
  AgentRawAnswer,
  AgentRawRequest,
  AgentResource,
  AgentSessionEnded,
  AgentSessionRequest,
  AgentSessionResource,
  AgentTurn,
  AgentTurnAccepted,
} from '../protocol/agents.ts';
export type { AgentPermission, AgentPermissionAnswered, AgentPermissionReply } from '../protocol/agent-permissions.ts';
export type { KeyDeleted, KeyRequest, KeyResource, MadeKey } from '../protocol/keys.ts';
export type { FileEntry, FileStats } from '../protocol/files.ts';
export type { CopiedFiles, CopyJob, MovedFile } from '../protocol/files/write.ts';
export type { FileEdited, FileEditRequest } from '../protocol/files/edit.ts';
export type { FilesRead, FilesReadRequest } from '../protocol/files/read-many.ts';
export type { FilesWriteRequest, FilesWritten } from '../protocol/files/write-many.ts';
export type { FileWatchEvent } from '../protocol/files/watch.ts';
export type { FilesUnpacked } from '../protocol/files/archive.ts';
export type { Upload } from '../protocol/files/uploads.ts';
export type { FileListing } from '../protocol/files/list.ts';
export type { FileMatch, FileNameMatch, FileSearch, FileSearchDone } from '../protocol/files/search.ts';
export type { AuditEntry } from '../protocol/audit.ts';
export type { ProcessNode, ProcessTree } from '../protocol/process-tree.ts';
export type { ProcessResource, ProcessSignalRequest } from '../protocol/processes.ts';
export type { ListeningPort } from '../protocol/ports.ts';
export type { Registration } from '../protocol/tunnel.ts';
export type { UpdateRequest, UpdateResource, UpdateStarted } from '../protocol/update.ts';
