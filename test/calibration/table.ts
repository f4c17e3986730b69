import { upperBound } from './binomial-bound.js';
import type { Look, Row } from './part.js';

/** Rows of every part, by its name. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** What came out, for people, and where it is not as promised. */
export interface Calibration {
  readonly page: string;
  readonly failures: readonly string[];
}

const WORDS = ['No evidence', 'Not proven', 'Promising', 'Convincing'] as const;

/** A share of markets that may be called good at most, and how many of them fail the calibration: chance below 1 % if the goal is met. */
interface NoiseSet {
  readonly name: string;
  readonly looks: readonly Look[];
}

/**
 * Writes the page of a calibration.
 *
 * @param rows - Of all parts.
 */
export function calibrationPage(rows: Rows): Calibration {
  const noise = noiseSets(rows);
  const failures = [
    ...noise.flatMap(noiseFailures),
    ...crashFailures(rows.crashes ?? []),
    ...crashFailures(rows.crossings ?? []),
    ...edgeFailures(rows.edges ?? []),
    ...expectationFailures(rows.noise ?? []),
    ...forwardFailures(rows.forward ?? []),
    ...weekFailures(rows.weeks ?? []),
  ];
  return {
    page: [
      '# Calibration',
      '',
      'Written by `make calibrate`: simulated markets with a known truth, searched and judged by the code of `wus optimize`. Shares in brackets are one-sided 95 % bounds (Clopper and Pearson):',
      'with a larger true share, a count this low would have a probability of at most 5 %. [What the verdicts mean](../how-to/is-it-overfit.md).',
      '',
      '## Markets without an edge',
      ...noiseTable(noise),
      '',
      'Goals: Promising or better in at most 5 % of every set, Convincing in at most 1 %. The noise is a continuous path without drift (geometric Brownian motion, GARCH, two volatility regimes, stochastic volatility, and',
      'hourly moves of BTC, ETH and SOL drawn in blocks of two days), 4h candles, five years; MACross, RSIReversion, BBReversion and LongShort in turn, 750 to 1,150 combinations, commission 0.1 bp. *Drift*: spot, long only, default costs, a market',
      'that rises 50 % a year. *Zoom*: fifteen finer combinations around the winner, with the same ledger. *Diluted*: the same grid with once to twice as many combinations without trades, in a separate ledger. *Best of eight*: all four',
      'strategies (190 to 400 combinations) and a zoom of each on one market; the best of them is judged again at the end. The ledger of the instrument includes all eight looks.',
      '',
      ...dilutionLines(rows.noise ?? []),
      '',
      '## Rare crashes',
      ...crashTable(rows.crashes ?? []),
      '',
      'Returns of small gains and rare crashes without an edge (3 % of the days), 200 sets each: share with a chance of luck of 3 % or less. Crashes of every trial on the same days are the hardest case: a grid of 30 in 2 years contains hardly any.',
      '',
      '## Short histories, older ledgers, several markets and walk-forwards',
      ...crashTable(rows.crossings ?? []),
      '',
      'Random walks, 300 crossings of moving averages each, no costs. *Older ledger*: one that knows 60 of the 300 trials. *Seven markets*: the best of seven against everything that was tried on all of them.',
      '*Five walk-forwards*: windows of 180 to 540 days, tests of 120, on one market; each is a trial. The founder rule is left out here: it can only lower this share.',
      '',
      '## Markets with an edge',
      ...edgeTable(rows.edges ?? []),
      '',
      'Trends, mean reversion and hours of the day, four to five years, default costs of USD-M; true Sharpe ratio: of the winner on twenty new years. Goals: Promising or better in half of the markets from 1.25 to 1.75, and in 90 % above.',
      '',
      '## What to expect',
      ...expectationTable(rows),
      '',
      'Error: root mean square error (RMSE) against the truth (0 on noise). The expected Sharpe ratio is cross-validated on 200 combinations here, 1,000 in the product.',
      '',
      '## Forward tests',
      ...forwardTable(rows.forward ?? []),
      '',
      'Chosen on four years, tested on the two that follow, with one look at their end and one every week. Confirmed: a chance of luck of at most 5 %, also against holding the market.',
      '',
      ...weekLines(rows.weeks ?? []),
      '',
      '## Prices that jump over stops',
      ...jumpTable(rows.jumps ?? []),
      '',
      'Noise with a jump every two days (3 % in size), searched with stops of 0.5 to 2 %. A candle does not show that there were no trades inside a jump, so a backtest fills stops at prices where no trade was possible, and all of these results are false.',
      'The stress run detects this.',
      '',
      failures.length === 0
        ? 'All figures are within their limits.'
        : `Outside the limits: ${failures.join('; ')}.`,
      '',
    ].join('\n'),
    failures,
  };
}

function noiseSets(rows: Rows): NoiseSet[] {
  const looks = (part: string, look: string): Look[] =>
    (rows[part] ?? []).map((row) => row.looks[look]).filter((one) => one !== undefined);
  const best = looks('looks', 'best');
  return [
    { name: 'First grid', looks: looks('noise', 'first') },
    { name: 'Zoom', looks: looks('noise', 'zoom') },
    { name: 'Diluted grid', looks: looks('noise', 'diluted') },
    { name: 'Drift, first grid', looks: looks('drift', 'first') },
    { name: 'Drift, zoom', looks: looks('drift', 'zoom') },
    { name: 'Best of eight', looks: best },
  ];
}

function count(looks: readonly Look[], ...words: readonly Look['verdict'][]): number {
  return looks.filter(({ verdict }) => words.includes(verdict)).length;
}

function noiseTable(sets: readonly NoiseSet[]): string[] {
  return table(
    ['set', 'markets', ...WORDS, 'Promising or better', 'Convincing'],
    sets.map(({ name, looks }) => [
      name,
      String(looks.length),
      ...WORDS.map((word) => String(count(looks, word))),
      share(count(looks, 'Promising', 'Convincing'), looks.length),
      share(count(looks, 'Convincing'), looks.length),
    ]),
  );
}

/** Limits that are passed by chance in less than one run of a hundred when the goals are met. */
function noiseFailures({ name, looks }: NoiseSet): string[] {
  const good = count(looks, 'Promising', 'Convincing');
  const best = count(looks, 'Convincing');
  const [goodMax, bestMax] = looks.length > 40 ? [7, 3] : [5, 2];
  return [
    ...(good > goodMax ? [`${name}: ${good} of ${looks.length} Promising or better`] : []),
    ...(best > bestMax ? [`${name}: ${best} of ${looks.length} Convincing`] : []),
  ];
}

function dilutionLines(rows: readonly Row[]): string[] {
  const diluted = rows.filter(({ looks }) => looks.diluted !== undefined);
  const changed = diluted.filter(({ looks }) => looks.diluted!.p !== looks.first!.p).length;
  return [
    `Combinations without trades changed the chance of luck of ${changed} of ${diluted.length} winners.`,
  ];
}

function crashTable(rows: readonly Row[]): string[] {
  return table(
    ['returns', 'sets', 'p of 3 % or less'],
    rows.map(({ market, figures }) => [
      market,
      String(figures!.sets),
      share(figures!.low as number, figures!.sets as number),
    ]),
  );
}

const CRASH_SHARE_MAX = 0.08;

function crashFailures(rows: readonly Row[]): string[] {
  return rows
    .filter(({ figures }) => (figures!.low as number) > CRASH_SHARE_MAX * (figures!.sets as number))
    .map(({ market }) => `${market}: more than 8 % with a p of 3 % or less`);
}

const BINS = [
  ['below 0.75', Number.NEGATIVE_INFINITY, 0.75],
  ['0.75 to 1.25', 0.75, 1.25],
  ['1.25 to 1.75', 1.25, 1.75],
  ['1.75 to 2.5', 1.75, 2.5],
  ['2.5 to 3.5', 2.5, 3.5],
  ['above 3.5', 3.5, Number.POSITIVE_INFINITY],
] as const;

function within(rows: readonly Row[], from: number, to: number): Row[] {
  return rows.filter(({ trueSharpe }) => trueSharpe! >= from && trueSharpe! < to);
}

function edgeTable(rows: readonly Row[]): string[] {
  return table(
    ['true Sharpe ratio', 'markets', ...WORDS, 'Promising or better'],
    BINS.map(([name, from, to]) => {
      const looks = within(rows, from, to).map((row) => row.looks.first!);
      return [
        name,
        String(looks.length),
        ...WORDS.map((word) => String(count(looks, word))),
        looks.length === 0 ? '–' : percent(count(looks, 'Promising', 'Convincing') / looks.length),
      ];
    }),
  );
}

function edgeFailures(rows: readonly Row[]): string[] {
  const good = (from: number, to: number): number | undefined => {
    const looks = within(rows, from, to).map((row) => row.looks.first!);
    return looks.length === 0 ? undefined : count(looks, 'Promising', 'Convincing') / looks.length;
  };
  return [
    ...((good(1.25, 1.75) ?? 1) < 0.3 ? ['edges of 1.25 to 1.75: fewer than 30 % found'] : []),
    ...((good(1.75, Number.POSITIVE_INFINITY) ?? 1) < 0.9
      ? ['edges above 1.75: fewer than 90 % found']
      : []),
  ];
}

interface Expectation {
  readonly name: string;
  readonly pairs: readonly { readonly look: Look; readonly truth: number }[];
}

function expectations(rows: Rows): Expectation[] {
  const edges = rows.edges ?? [];
  return [
    {
      name: 'noise',
      pairs: (rows.noise ?? []).map(({ looks }) => ({ look: looks.first!, truth: 0 })),
    },
    ...BINS.map(([name, from, to]) => ({
      name: `edge, ${name}`,
      pairs: within(edges, from, to).map(({ looks, trueSharpe }) => ({
        look: looks.first!,
        truth: trueSharpe!,
      })),
    })).filter(({ pairs }) => pairs.length > 0),
  ];
}

function expectationTable(rows: Rows): string[] {
  return table(
    [
      'truth',
      'markets',
      'mean true',
      'mean of the winner',
      'mean expected',
      'error of the winner',
      'error of the expectation',
    ],
    expectations(rows).map(({ name, pairs }) => [
      name,
      String(pairs.length),
      mean(pairs.map(({ truth }) => truth)).toFixed(2),
      mean(pairs.map(({ look }) => look.sharpe_ratio ?? 0)).toFixed(2),
      mean(pairs.map(({ look }) => look.expected_sharpe_ratio ?? 0)).toFixed(2),
      rootMeanSquare(pairs.map(({ look, truth }) => (look.sharpe_ratio ?? 0) - truth)).toFixed(2),
      rootMeanSquare(
        pairs.map(({ look, truth }) => (look.expected_sharpe_ratio ?? 0) - truth),
      ).toFixed(2),
    ]),
  );
}

function expectationFailures(rows: readonly Row[]): string[] {
  const expected = rows.map(({ looks }) => looks.first!.expected_sharpe_ratio ?? 0);
  return [
    ...(Math.abs(mean(expected)) > 0.15
      ? ['expected Sharpe ratio on noise: mean outside ±0.15']
      : []),
    ...(rootMeanSquare(expected) > 0.6 ? ['expected Sharpe ratio on noise: error above 0.6'] : []),
  ];
}

const OUTCOMES = ['confirmed', 'not-confirmed-yet', 'weakened', 'failed'] as const;

function forwardTable(rows: readonly Row[]): string[] {
  const group = (planted: string): Row[] =>
    rows.filter(({ figures }) => figures!.planted === planted);
  return table(
    [
      'markets',
      'tests',
      ...OUTCOMES.map((outcome) => outcome.replaceAll('-', ' ')),
      'inside the band (90 %)',
    ],
    ['noise', 'edge'].map((planted) => {
      const own = group(planted);
      const outcome = (name: string): number =>
        own.filter(({ figures }) => figures!.outcome === name).length;
      return [
        planted,
        String(own.length),
        share(outcome('confirmed'), own.length),
        ...OUTCOMES.slice(1).map((name) => String(outcome(name))),
        percent(mean(own.map(({ figures }) => figures!.isInBand as number))),
      ];
    }),
  );
}

function forwardFailures(rows: readonly Row[]): string[] {
  const confirmed = rows.filter(
    ({ figures }) => figures!.planted === 'noise' && figures!.outcome === 'confirmed',
  ).length;
  return confirmed > 8 ? [`forward tests: ${confirmed} of 70 on noise confirmed`] : [];
}

/** Figures of a row of unseen weeks. */
interface Weeks {
  readonly weeks: number;
  readonly sharpe: number;
  readonly settings: number;
  readonly correlation: number;
  readonly paths: number;
  readonly lowEvidence: number;
  readonly confirmed: number;
}

const weeksOf = (rows: readonly Row[]): Weeks[] =>
  rows.map(({ figures }) => figures as unknown as Weeks);

/** What unseen weeks of a known truth say: of one setting, and of several on the same weeks. */
function weekLines(rows: readonly Row[]): string[] {
  const all = weeksOf(rows);
  return [
    ...table(
      ['true Sharpe ratio', 'weeks', 'confirmed', 'evidence below 0.1'],
      all
        .filter(({ settings }) => settings === 1)
        .map((one) => [
          one.sharpe.toFixed(1),
          String(one.weeks),
          percent(one.confirmed),
          percent(one.lowEvidence),
        ]),
    ),
    '',
    'One setting, 1,000 paths of weeks with a normal distribution each, one look at their end. Evidence below 0.1 means *failed*: it never rejects a true Sharpe ratio of 0.5 or more, and rarely one of 0.',
    '',
    ...table(
      ['settings on the same weeks', 'correlation of their weeks', 'one of them confirmed'],
      all
        .filter(({ settings }) => settings > 1)
        .map((one) => [String(one.settings), one.correlation.toFixed(1), percent(one.confirmed)]),
    ),
    '',
    'No edge, 104 weeks: several frozen settings that are tested on the same weeks share one chance of luck of 5 %.',
  ];
}

function weekFailures(rows: readonly Row[]): string[] {
  return weeksOf(rows).flatMap((one) => [
    // One run of a thousand is above it with a true share of 5 %.
    ...(one.sharpe === 0 && one.confirmed > 0.05 + 3.1 * Math.sqrt((0.05 * 0.95) / one.paths)
      ? [`${one.weeks} weeks without an edge, ${one.settings} settings: too often confirmed`]
      : []),
    ...(one.sharpe >= 0.5 && one.lowEvidence > 0.01
      ? [`${one.weeks} weeks of a Sharpe ratio of ${one.sharpe}: too often failed by evidence`]
      : []),
  ]);
}

function jumpTable(rows: readonly Row[]): string[] {
  const looks = rows.map((row) => row.looks.first!);
  return table(
    ['markets', ...WORDS, 'rejected by the stress run'],
    [
      [
        String(looks.length),
        ...WORDS.map((word) => String(count(looks, word))),
        String(looks.filter(({ stress_sharpe_ratio: stress }) => !((stress ?? 0) > 0)).length),
      ],
    ],
  );
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}

function share(hits: number, all: number): string {
  return all === 0
    ? '–'
    : `${hits}: **${percent(hits / all)}** (≤ ${percent(upperBound(hits, all))})`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value * value)));
}
