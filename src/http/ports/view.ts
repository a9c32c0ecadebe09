/** Ports as the wire has them. */
import { toSeconds } from '../../core/clock.ts';
import type { ListeningPort } from '../../ports/listing.ts';
import type { ListeningPort as Wire } from '../../protocol/ports.ts';

/** `http`: whether it speaks HTTP, where it was asked. */
export const portView = (
  { port, address, family, pid, command, user, owner, since }: ListeningPort,
  http?: boolean,
): Wire => ({
  port,
  address,
  family,
  protocol: 'tcp',
  pid,
  command,
  user,
  ...owner,
  ...(http !== undefined && { http }),
  since: toSeconds(since),
});
