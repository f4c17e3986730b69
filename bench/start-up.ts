// How long the command line takes to start, against an empty Node program.
import { median, reportBench } from './lib/bench.js';
import { processCpuMs } from './lib/process-cpu.js';

const RUNS = 15;

const empty: number[] = [];
const help: number[] = [];
for (let run = 0; run <= RUNS; run++) {
  const pair = [processCpuMs(['-e', '0']), processCpuMs(['bin/wus.js', '--help'])] as const;
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
