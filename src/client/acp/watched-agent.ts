/** An agent's process that knows whether it has ended by itself. */
import type { AgentExit } from '../../agents/connection/agent-process.ts';
import { LaunchedAgent } from '../../agents/connection/launched-agent.ts';
import type { Launched } from '../../platform/process/process.ts';

export class WatchedAgent extends LaunchedAgent {
  #endCalled = false;
  #ownExit: AgentExit | undefined;

  constructor(launched: Launched, graceMs: number) {
    super(launched, graceMs, () => {});
    void this.exited.then((exit) => {
      if (!this.#endCalled) this.#ownExit = exit;
    });
  }

  /** Undefined while it runs, and where it was ended. */
  get ownExit(): AgentExit | undefined {
    return this.#ownExit;
  }

  override end(): Promise<void> {
    this.#endCalled = true;
    return super.end();
  }
}
