/** What a session has of its agent: a process of its own, or its part of one that several sessions use. */
import type { AgentExit, AgentProcess, AgentStart, StartAgent } from './agent-process.ts';
import { StderrCopies } from './stderr-copies.ts';
import { connectAgent, type AgentConnection, type AgentReader } from './connection.ts';

export interface AgentLink extends Pick<AgentProcess, 'pid' | 'stderr'> {
  readonly exited: Promise<AgentExit>;
  readonly connection: AgentConnection;
  /** Ends the process with all it has started, or lets go of the part. May be called again. */
  end(): Promise<void>;
}

/** Rejects with a sentence when there is none to be had. The process may end at any time, `reader` is told nothing of it. */
export type LinkAgent = (start: AgentStart, reader: AgentReader) => Promise<AgentLink>;

/** A process for this session alone. */
export const ownProcess =
  (start: StartAgent): LinkAgent =>
  async (request, reader) => {
    const process = await start(request);
    const { pid, exited } = process;
    // Read from the first moment on: of one that has ended by then, nothing may be left to be read.
    const stderr = new StderrCopies(process.stderr).copy().stream;
    try {
      return { pid, stderr, exited, connection: await connectAgent(process, reader), end: () => process.end() };
    } catch (error) {
      await process.end();
      throw error;
    }
  };
