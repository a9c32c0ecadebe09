/** Requests of the editor that have no answer yet, and which of them a connection was sent that is gone. */
import type { Request } from './conversation.ts';

export class OpenRequests {
  /** By the key of the id. */
  readonly #open = new Map<string, Request>();
  readonly #lost = new Set<string>();

  add(key: string, request: Request): void {
    this.#open.set(key, request);
  }

  get(key: string): Request | undefined {
    return this.#open.get(key);
  }

  has(method: string): boolean {
    return this.all().some(([, request]) => request.method === method);
  }

  remove(key: string): void {
    this.#open.delete(key);
    this.#lost.delete(key);
  }

  all(): readonly (readonly [key: string, request: Request])[] {
    return [...this.#open];
  }

  lose(key: string): void {
    this.#lost.add(key);
  }

  lost(): readonly (readonly [key: string, request: Request])[] {
    return this.all().filter(([key]) => this.#lost.has(key));
  }
}
