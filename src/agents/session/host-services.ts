/** What an agent may ask of this machine beyond permissions: files and terminals. */
export interface HostServices extends AsyncDisposable {
  /** The answer to a request of the agent. Rejects with a HostRefusal. */
  request(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
}
