/**
 * What the server asks of a disk: a seam, so that tests can fill it, break it, or take away its power.
 * Failures are the system's own errors with `code`, such as ENOSPC.
 */
export interface FileSystem {
  /**
   * `read` needs the file, `create` its absence; the others take either: `append` writes at the end, `overwrite`
   * from the start, over what is there.
   */
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  /** Names in a directory. */
  list(directory: string): Promise<readonly string[]>;
  /** With its parents; private to this user. */
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file; fails with EEXIST where `to` is there. */
  link(from: string, to: string): Promise<void>;
  /** Nothing where it is not there. */
  remove(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
  /** Makes a directory's entries outlive a loss of power. */
  syncDirectory(path: string): Promise<void>;
  /** Milliseconds since the epoch. */
  modifiedAt(path: string): Promise<number>;
}

/** What a file is opened for, and whether it has to be there: see `FileSystem.open`. */
export type OpenMode = 'read' | 'create' | 'append' | 'overwrite';

/** An open file; positions and lengths are in bytes. */
export interface OpenFile {
  /** Fills `into` from `position` as far as there are bytes; returns how many there were. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all bytes, behind those written before. */
  write(bytes: Uint8Array): Promise<void>;
  /** Of a file to overwrite: what is written next goes over its first bytes. */
  rewind(): void;
  /** Makes what was written outlive a loss of power. */
  sync(): Promise<void>;
  /** Cuts bytes off the end; what is written next comes behind those that are left. */
  truncate(length: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}
