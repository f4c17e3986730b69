import { spawnSync } from 'node:child_process';

/**
 * Returns the user and system time of a whole Node process, by the shell, whose `time` counts in milliseconds.
 *
 * @param args - Arguments of `node`.
 * @returns Unit ms.
 */
export function processCpuMs(args: readonly string[]): number {
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='%3U %3S'; time "$@" >/dev/null`, 'bash', process.execPath, ...args],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
