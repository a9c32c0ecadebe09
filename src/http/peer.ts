/** The address of whoever sent a request: the gateway notes it, a handler that needs it asks. Undefined in process. */
const peers = new WeakMap<Request, string>();

export function notePeer(request: Request, address: string): void {
  peers.set(request, address);
}

export const peerOf = (request: Request): string | undefined => peers.get(request);
