/**
 * How many files and archives are sent and received at once. Each holds descriptors for as long as its client likes, and a server
 * without a free one can do nothing any more.
 */
import type { SlotLimits } from '../core/slots.ts';

/** `each`: with one key, so that none keeps the others from theirs. A thousand at once is what a client may do. */
export const TRANSFER_LIMITS: SlotLimits = { all: 2048, each: 1024 };
