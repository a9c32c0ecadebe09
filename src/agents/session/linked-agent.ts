/** The agent of a session, which may be ended while it is still being started. */
import type { AgentLink } from '../connection/agent-link.ts';

export class LinkedAgent {
  #linking: Promise<AgentLink | undefined> = Promise.resolve(undefined);
  #link: AgentLink | undefined;

  /** Undefined as long as it is being started. */
  get pid(): number | undefined {
    return this.#link?.pid;
  }
  /** Likewise. */
  get exited(): AgentLink['exited'] | undefined {
    return this.#link?.exited;
  }

  /** Called once. Rejects as `linking` does. */
  async take(linking: Promise<AgentLink>): Promise<AgentLink> {
    this.#linking = linking;
    return (this.#link = await linking);
  }

  /** Resolves when nothing of it is left. */
  async end(): Promise<void> {
    const link = await this.#linking.catch(() => undefined);
    await link?.end();
  }
}
