/**
 * Puts version information and the icon into a Windows executable.
 *
 * Bun's own --windows-* flags work on Windows only, and anything that edits the finished executable would
 * lose the program that Bun has put at its end: so it is the base executable that gets them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit';

export interface VersionTexts {
  readonly version: string;
  readonly description: string;
  readonly fileName: string;
}

const ENGLISH = 1033;
const UNICODE = 1200;
const ICON_GROUP = 1;
/** RT_ICON, RT_GROUP_ICON, RT_VERSION */
const REPLACED_TYPES: ReadonlySet<string | number> = new Set([3, 14, 16]);
const VOS_NT_WINDOWS32 = 0x4_0004;
const VFT_APP = 1;

export function stampWindowsExecutable(from: string, to: string, texts: VersionTexts): void {
  const executable = NtExecutable.from(readFileSync(from), { ignoreCert: true });
  const resources = NtExecutableResource.from(executable);
  // Bun's own would stay beside ours, and Explorer shows the first icon: Bun's has a name, which sorts first.
  resources.entries = resources.entries.filter((entry) => !REPLACED_TYPES.has(entry.type));
  versionInfo(texts).outputToResourceEntries(resources.entries);
  const icons = Data.IconFile.from(readFileSync(join(import.meta.dir, 'icon.ico'))).icons.map((icon) => icon.data);
  Resource.IconGroupEntry.replaceIconsForResource(resources.entries, ICON_GROUP, ENGLISH, icons);
  resources.outputResource(executable);
  writeFileSync(to, Buffer.from(executable.generate()), { mode: 0o755 });
}

function versionInfo({ version, description, fileName }: VersionTexts): Resource.VersionInfo {
  // Windows keeps 16 bits of each; the whole version is in the texts below.
  const number = (part: string) => Math.min(Number.parseInt(part, 10) || 0, 0xffff);
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map(number);
  const high = major * 0x1_0000 + minor;
  const low = patch * 0x1_0000;
  return Resource.VersionInfo.create({
    lang: ENGLISH,
    fixedInfo: {
      fileVersionMS: high,
      fileVersionLS: low,
      productVersionMS: high,
      productVersionLS: low,
      fileFlagsMask: 0x3f,
      fileOS: VOS_NT_WINDOWS32,
      fileType: VFT_APP,
    },
    strings: [
      {
        lang: ENGLISH,
        codepage: UNICODE,
        values: {
          FileDescription: description,
          FileVersion: version,
          InternalName: 'agent-server',
          LegalCopyright: 'Apache-2.0',
          OriginalFilename: fileName,
          ProductName: 'agent-server',
          ProductVersion: version,
        },
      },
    ],
  });
}
