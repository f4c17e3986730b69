import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/**
 * CPU seconds of the files that take longest, measured on one core; all others take less than ten. A file that is not here
 * is only started later than it should be.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'src/live/simulation/mutations.test.ts': 47,
  'test/e2e/docs-commands.test.ts': 45,
  'src/optimize/judgement/judge-winner.test.ts': 38,
  'test/e2e/demo.test.ts': 36,
  'src/live/simulation/usdm.test.ts': 36,
  'test/e2e/optimize.test.ts': 30,
  'test/e2e/forward-test.test.ts': 30,
  'src/live/simulation/simulation.test.ts': 26,
  'test/e2e/path-to-bot.test.ts': 24,
  'src/optimize/optimize.test.ts': 24,
  'test/e2e/strategy-kinds.test.ts': 25,
  'test/e2e/optimize-rerun.test.ts': 20,
  'src/plugins/load-strategy.test.ts': 20,
  'src/live/parity/explain-parity.test.ts': 18,
  'test/e2e/judgement.test.ts': 18,
  'src/live/simulation/hard-rules.test.ts': 16,
  'src/forward-test/walk-forward.test.ts': 15,
  'src/live/simulation/resting-exits.test.ts': 13,
  'test/e2e/fetch-data.test.ts': 12,
  'test/e2e/new-strategy.test.ts': 12,
  'test/e2e/report-browser.test.ts': 11,
  'test/e2e/defaults.test.ts': 11,
  // They wait; seconds of the clock.
  'test/e2e/trader-session.test.ts': 71,
  'test/e2e/trader-other-exchange.test.ts': 66,
  'test/e2e/trader-disk.test.ts': 59,
  'test/e2e/trader-adopt.test.ts': 50,
  'test/e2e/trader-alerts.test.ts': 45,
  'test/e2e/trader-testnet.test.ts': 43,
  'test/e2e/trader-starts.test.ts': 40,
  'test/e2e/trader-resting-exits.test.ts': 37,
  'test/e2e/trader-state.test.ts': 35,
  'test/e2e/trader-views.test.ts': 35,
};

/**
 * Begins with the files that take longest, so that none of them runs alone at the end, and takes files that compute and files
 * that wait in turn, so that the cores are busy while others wait.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sizes = await super.sort(files);
    const seconds = (file: TestSpecification): number =>
      Object.entries(SECONDS).find(([name]) => file.moduleId.endsWith(`/${name}`))?.[1] ?? 0;
    // The sort is stable: what is not in the table stays in the order of the sizes.
    const sorted = sizes.sort((a, b) => seconds(b) - seconds(a));
    const of = (...projects: string[]): TestSpecification[] =>
      sorted.filter(({ project }) => projects.includes(project.name));
    const [waiting, computing, quick] = [of('trader'), of('slow', ''), of('unit')];
    const inTurn = computing.flatMap((file, i) => [...waiting.slice(i, i + 1), file]);
    return [...inTurn, ...waiting.slice(computing.length), ...quick];
  }
}
