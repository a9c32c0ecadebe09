/**
 * Which fields of a tool's input name places. `rawInput` has no schema: these are the names that the tools of known agents
 * use, in any spelling (`file_path`, `filePath`). A name that is missing here makes a call one without a path.
 */

/**
 * - `path`: a file or folder that the tool is about.
 * - `folder`: the same, and relative paths beside it may be meant from there.
 * - `workdir`: only where it runs.
 * - `uri`: a path as `file://`; anything else names no file.
 * - `keys`: an object whose keys are paths; nothing where it is no object.
 * - `input`: input again, perhaps as a text of JSON.
 */
export type PathRole = 'path' | 'folder' | 'workdir' | 'uri' | 'keys' | 'input';

const FIELDS: Readonly<Record<PathRole, string>> = {
  path:
    'path paths file files filepath filepaths filename filenames absolutepath relativepath notebookpath oldpath newpath ' +
    'movepath source sourcepath destination destinationpath targetfile targetpath',
  folder: 'directory directories dir dirpath directorypath folder',
  workdir: 'cwd workdir workingdirectory workingdir',
  uri: 'uri uris url urls fileuri',
  keys: 'changes filechanges',
  input: 'arguments args input params parameters',
};

const ROLES = new Map(
  Object.entries(FIELDS).flatMap(([role, names]) => names.split(' ').map((name) => [name, role as PathRole])),
);

export const roleOf = (field: string): PathRole | undefined => ROLES.get(field.toLowerCase().replaceAll(/[_-]/g, ''));
