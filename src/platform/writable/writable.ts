/** Why this process may make no files in the folder; undefined where it may. Writes nothing, and opens no file. */
export type WhyNotWritable = (folder: string) => string | undefined;
