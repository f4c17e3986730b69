/** Modules of Node with which code can read what it was not given. */
const READING =
  /(['"`])(?:node:)?(fs|fs\/promises|child_process|http|https|http2|net|dgram|tls|sqlite|worker_threads|inspector)\1/g;
/** Other ways to the same. */
const OTHER_WAYS: readonly (readonly [RegExp, string])[] = [
  [/\bfetch\s*\(/, 'fetch'],
  [/\bnew\s+(?:WebSocket|EventSource)\b/, 'WebSocket'],
  [/\bprocess\s*\.\s*(?:binding|dlopen)\b/, 'process.binding'],
];

/**
 * Names the ways by which a module can read files or the network by itself. Found by pattern: one in a comment counts, one that
 * is put together from parts does not.
 *
 * @param code - JavaScript.
 * @returns For example `node:fs`; without duplicates, sorted.
 */
export function outsideReads(code: string): readonly string[] {
  const modules = [...code.matchAll(READING)].map((match) => `node:${match[2]!}`);
  const others = OTHER_WAYS.filter(([pattern]) => pattern.test(code)).map(([, name]) => name);
  return [...new Set([...modules, ...others])].sort();
}
