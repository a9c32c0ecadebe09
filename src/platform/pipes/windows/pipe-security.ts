/**
 * Who may open a pipe by its name. By default everybody on the machine may read from it, and names can be listed:
 * https://learn.microsoft.com/windows/win32/ipc/named-pipe-security-and-access-rights
 */
import { dlopen } from 'bun:ffi';
import { lastError } from '../../api/windows/handle.ts';
import { Struct, wide } from '../../api/windows/memory.ts';

/** Protected from inheritance, all rights to the owner, none to anybody else. */
const OWNER_ONLY = 'D:P(A;;GA;;;OW)';
const SDDL_REVISION_1 = 1;

let descriptor: number | undefined;

/** SECURITY_ATTRIBUTES for an object that only its owner may open. The descriptor is made once, and kept. */
export function ownerOnly(): Struct {
  descriptor ??= makeDescriptor();
  return new Struct(24).setU32(0, 24).setHandle(8, descriptor);
}

function makeDescriptor(): number {
  const { symbols } = dlopen('advapi32.dll', {
    ConvertStringSecurityDescriptorToSecurityDescriptorW: { args: ['ptr', 'u32', 'ptr', 'ptr'], returns: 'i32' },
  });
  const made = new BigUint64Array(1);
  const text = wide(OWNER_ONLY);
  if (symbols.ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, made, null) === 0)
    throw lastError('ConvertStringSecurityDescriptorToSecurityDescriptorW');
  return Number(made[0]);
}
