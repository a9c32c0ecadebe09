/**
 * Which ports a key may reach: those that it is restricted to, where it is, and never a port of this server itself, whose
 * answers to its own requests would come from a trusted address. The one place that decides it.
 */
import { fail, ok, type Result } from '../core/failure.ts';

export type PortRefusal =
  | { readonly reason: 'port-not-allowed'; readonly port: number }
  | { readonly reason: 'port-is-own'; readonly port: number };

export class AllowedPorts {
  readonly #own = new Set<number>();

  /** Ports that this server listens on, each as soon as it does. */
  ownPorts(ports: readonly number[]): void {
    for (const port of ports) this.#own.add(port);
  }

  isOwn(port: number): boolean {
    return this.#own.has(port);
  }

  /** `restriction`: as it was given to the key, such as `3000-3999,8080`; undefined: none. */
  check(port: number, restriction: string | undefined): Result<undefined, PortRefusal> {
    if (!isWithin(port, restriction)) return fail({ reason: 'port-not-allowed', port });
    return this.#own.has(port) ? fail({ reason: 'port-is-own', port }) : ok(undefined);
  }
}

/** A part that is no range, or whose end is below its beginning, allows nothing. */
export function isWithin(port: number, restriction: string | undefined): boolean {
  if (restriction === undefined) return true;
  return restriction.split(',').some((part) => {
    const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    return from !== undefined && port >= Number(from) && port <= Number(to);
  });
}
