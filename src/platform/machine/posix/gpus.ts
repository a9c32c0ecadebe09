/** Graphics processors, as their drivers show them in /proc and /sys; a name where the driver has one. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Gpu } from '../machine.ts';
import { textOf } from './text-of.ts';

const NVIDIA = '/proc/driver/nvidia/gpus';
const DRM = '/sys/class/drm';
/** By PCI vendor (https://pcisig.com). NVIDIA's own driver has told more already. */
const VENDORS: Readonly<Record<string, string>> = { '0x1002': 'AMD', '0x8086': 'Intel', '0x10de': 'NVIDIA' };

export function findGpus(): readonly Gpu[] {
  const nvidia = namesIn(NVIDIA).flatMap((name) => {
    const model = textOf(join(NVIDIA, name, 'information')).match(/^Model:\s*(.+)$/m)?.[1];
    return model === undefined ? [] : [{ name: model.trim(), memory: null }];
  });
  const others = namesIn(DRM)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => {
      const device = join(DRM, name, 'device');
      const vendor = VENDORS[textOf(join(device, 'vendor')).trim()];
      if (vendor === undefined || (vendor === 'NVIDIA' && nvidia.length > 0)) return [];
      const memory = Number(textOf(join(device, 'mem_info_vram_total')).trim());
      return [
        { name: textOf(join(device, 'product_name')).trim() || `${vendor} GPU`, memory: memory > 0 ? memory : null },
      ];
    });
  return [...nvidia, ...others];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
