/** Forms in which a folder travels as one stream. */
export type ArchiveFormat = 'tar' | 'tar.gz' | 'zip';
