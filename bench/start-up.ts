// How long the command line takes to start, against an empty Node program.
import { spawnSync } from 'node:child_process';
import { median, reportBench } from './lib/bench.js';

const RUNS = 15;

const empty: number[] = [];
const help: number[] = [];
for (let run = 0; run <= RUNS; run++) {
  const pair = [cpuMs(['-e', '0']), cpuMs(['bin/wus.js', '--help'])] as const;
  if (run === 0) continue;
  empty.push(pair[0]);
  help.push(pair[1]);
}

reportBench({
  title: 'Start of the command line',
  about: 'CPU time of whole processes, alternating.',
  rows: [
    { what: '`node -e 0`', median: median(empty), unit: 'ms CPU', runs: RUNS },
    { what: '`wus --help`', median: median(help), unit: 'ms CPU', runs: RUNS },
  ],
  limits: [
    {
      what: '`wus --help` / `node -e 0`',
      value: median(help) / median(empty),
      atMost: 2.5,
      unit: 'x',
    },
  ],
  equal: [],
});

/** User and system time of a whole process, by the shell, whose `time` counts in milliseconds. */
function cpuMs(args: readonly string[]): number {
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='%3U %3S'; time "$@" >/dev/null`, 'bash', process.execPath, ...args],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } },
  );
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return (user + system) * 1000;
}
