/** Results that this process has put in place, in the order of their first writing. */
const written = new Set<string>();

/** Remembers a result that lies under its name now. */
export function rememberWrittenFile(path: string): void {
  written.add(path);
}

/** Returns the results that this process has put in place, as they were named; caches are none. */
export function writtenFiles(): readonly string[] {
  return [...written];
}
