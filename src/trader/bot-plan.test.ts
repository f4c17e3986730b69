import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type JudgementBlock,
  parseRuntimeConfig,
  type RuntimeBotConfig,
  runtimeBots,
} from '../config/index.js';
import { PROMISING_EXAMPLE } from '../config/judgement-block.contract.js';
import { UsageError } from '../domain/index.js';
import { EXIT_AXES } from '../settings/index.js';
import { findStrategy } from '../strategies/index.js';
import { type BotWish, planBot, planBots, strategyNameOf } from './bot-plan.js';

const BEST = `BTCUSDT:
  MovingAverageCrossoverStrategy:
    market: spot
    interval: 15m
    metric: sharpe_ratio
    value: 1.2
    trades: 40
    period_start: 2024-01-01T00:00:00.000Z
    period_end: 2024-06-01T00:00:00.000Z
    data_hash: abc
    optimized_at: 2024-06-02T00:00:00.000Z
    strategy: {fast_period: 7, slow_period: 21, trend_filter_period: null, trend_filter_use_ema: null}
    risk: {stop_loss_pct: 0.03, take_profit_pct: 0.06, trailing_stop_loss_pct: null}
    filters: {apply_atr_filter: true, atr_filter_period: 10, atr_filter_multiplier: 1.1, atr_filter_sma_period: 50}
`;

function bestParamsFile(exits = 'trailing_stop_loss_pct: null'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'wus-plan-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'best_params.yaml');
  writeFileSync(file, BEST.replace('trailing_stop_loss_pct: null', exits));
  return file;
}

const wish = (changes: Partial<BotWish> = {}): BotWish => ({
  mode: 'paper',
  given: { strategy: 'MACross', symbol: 'btcusdt', interval: '15m' },
  parameterWords: [],
  bestParamsFile: '/nowhere/best_params.yaml',
  isBestParamsNamed: false,
  days: undefined,
  ...changes,
});

const runtime = (text: string): RuntimeBotConfig => parseRuntimeConfig(text, 'runtime.yaml');

const plan = (wanted: BotWish, file: RuntimeBotConfig = {}) =>
  planBot(wanted, file, findStrategy(strategyNameOf(wanted, file)));

describe('a refusal names the place of each value that comes from the file', () => {
  const text = [
    'stop_loss_pct: 0.02',
    'max_daily_loss: 5',
    'bots:',
    '  - {symbol: BTCUSDT, interval: 15m}',
    '  - symbol: ETHUSDT',
    '    strategy_name: RSIReversion',
    '    strategy_params: {rsi_period: 9}',
  ].join('\n');
  const given = { interval: '15m', strategy: 'MACross' };
  const refused = async (lines: string, wanted: BotWish, index = 0): Promise<string> => {
    const bot = runtimeBots(parseRuntimeConfig(lines, 'runtime.yaml'))[index]!;
    const error: unknown = await plan(wanted, bot).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  };

  test('a parameter of another strategy, in one bot of several', async () => {
    const message = await refused(text, wish({ given }), 1);
    expect(message).toMatch(/no parameter "rsi_period"/);
    expect(message).toContain('\nThe value of rsi_period is in runtime.yaml:7:23');
    expect(message).toContain('\n--strategy replaces RSIReversion of runtime.yaml:6:5');
  });

  test.each([
    [
      'strategy_params: {fast_period: 50}',
      ['slow_period=20'],
      {},
      'fast_period is in runtime.yaml:1:19',
    ],
    ['units: 1\nequity_fraction: 0.5', [], {}, 'equity_fraction is in runtime.yaml:2:1'],
    ['symbol: BTCUSDT\ndirection: short', [], {}, 'direction is in runtime.yaml:2:1'],
  ])('%s', async (lines, parameterWords, changes, words) => {
    const wanted = wish({ parameterWords, given: { ...wish().given, ...changes } });
    const bot = parseRuntimeConfig(lines, 'runtime.yaml');
    const error: unknown = await plan(wanted, bot).catch((reason: unknown) => reason);
    if (!(error instanceof UsageError)) throw new Error(`${lines} was accepted`);
    expect(error.message).toContain(words);
  });

  test('a value that the command line replaces is not named', async () => {
    const wanted = wish({ parameterWords: ['fast_period=50', 'slow_period=20'] });
    const message = await refused('strategy_params: {fast_period: 5}', wanted);
    expect(message).not.toContain('runtime.yaml');
  });
});

describe('planBot()', () => {
  test('flags win over the runtime configuration, and that over what was optimized', async () => {
    const file = bestParamsFile();
    const optimized = await plan(wish({ bestParamsFile: file }));
    expect(optimized.settings.run).toMatchObject({
      symbol: 'BTCUSDT',
      params: { fast_period: 7, slow_period: 21 },
      stop_loss_pct: 0.03,
      take_profit_pct: 0.06,
      apply_atr_filter: false,
    });
    const edited = runtime('strategy_params: {fast_period: 8}\nstop_loss_pct: 0.02\n');
    const both = await plan(wish({ bestParamsFile: file }), edited);
    expect(both.settings.run).toMatchObject({
      params: { fast_period: 8, slow_period: 21 },
      stop_loss_pct: 0.02,
      take_profit_pct: 0.06,
    });
    const typed = await plan(
      wish({
        bestParamsFile: file,
        given: { ...wish().given, stop_loss_pct: 0.01 },
        parameterWords: ['fast_period=9'],
      }),
      edited,
    );
    expect(typed.settings.run).toMatchObject({
      params: { fast_period: 9, slow_period: 21 },
      stop_loss_pct: 0.01,
    });
  });

  test('null in the runtime configuration switches an optimized stop off', async () => {
    const off = runtime('take_profit_pct: null\n');
    const { settings } = await plan(wish({ bestParamsFile: bestParamsFile() }), off);
    expect(settings.run).toMatchObject({ stop_loss_pct: 0.03, take_profit_pct: null });
  });

  test.each(EXIT_AXES.filter(({ scope }) => scope === 'research').map(({ key }) => key))(
    'an optimized %s is refused, as bots have no such exit',
    async (key) => {
      const file = bestParamsFile(`trailing_stop_loss_pct: 0.05, ${key}: 3`);
      await expect(plan(wish({ bestParamsFile: file }))).rejects.toThrow(
        `The optimized settings have ${key} 3, an exit that bots do not have yet`,
      );
    },
  );

  test('optimized settings that size by risk are refused, as bots cannot', async () => {
    const file = bestParamsFile('trailing_stop_loss_pct: null');
    const text = readFileSync(file, 'utf8').replace(
      /^ {4}risk:/m,
      '    run: {risk_fraction: 0.01}\n    risk:',
    );
    writeFileSync(file, text);
    await expect(plan(wish({ bestParamsFile: file }))).rejects.toThrow(
      'The optimized settings have risk_fraction 0.01, a size that bots do not have yet',
    );
  });

  test('a later exit that is at its default changes nothing, neither the bot nor its verdict', async () => {
    const named = 'trailing_stop_loss_pct: null, max_candles_held: null, cooldown_candles: 0';
    const [before, after] = await Promise.all(
      [bestParamsFile(), bestParamsFile(named)].map((file) => plan(wish({ bestParamsFile: file }))),
    );
    expect(after!.settings).toEqual(before!.settings);
    expect(after!.verdict).toEqual(before!.verdict);
  });

  test('an optimized filter is applied only where it is asked for, and said', async () => {
    const file = bestParamsFile();
    const without = await plan(wish({ bestParamsFile: file }));
    expect(without.notes.join()).toContain('chose them with apply_atr_filter');
    const given = { ...wish().given, apply_atr_filter: true, atr_filter_period: 12 };
    const { settings } = await plan(wish({ bestParamsFile: file, given }));
    expect(settings.run).toMatchObject({
      apply_atr_filter: true,
      atr_filter_period: 12,
      atr_filter_multiplier: 1.1,
      atr_filter_sma_period: 50,
    });
  });

  test('without a file of best parameters the defaults are taken; one that was named must have the entry', async () => {
    const { settings, notes } = await plan(wish());
    expect(settings.run.params).toEqual({});
    expect(notes).toEqual([
      '/nowhere/best_params.yaml has no entry for BTCUSDT MACross spot 15m: using given parameters and defaults',
    ]);
    await expect(plan(wish({ isBestParamsNamed: true }))).rejects.toThrow('does not exist');
    const other = wish({
      bestParamsFile: bestParamsFile(),
      isBestParamsNamed: true,
      given: { ...wish().given, interval: '1h' },
    });
    await expect(plan(other)).rejects.toThrow('has no entry for BTCUSDT MACross spot 1h');
  });

  const judged = (verdict: JudgementBlock['verdict']): string =>
    `judgement: ${JSON.stringify({ ...PROMISING_EXAMPLE, verdict, sentence: `${verdict}: …` })}`;
  test.each<[string, string, Record<string, unknown>, boolean, RegExp]>([
    [
      'without evidence is the one of the file',
      judged('No evidence'),
      {},
      false,
      /^No evidence: …$/,
    ],
    ['that proves nothing, too', judged('Not proven'), {}, false, /^Not proven: …$/],
    ['of a promising winner is said, too', judged('Promising'), {}, true, /^Promising: …$/],
    ['of a convincing winner is said, too', judged('Convincing'), {}, true, /^Convincing: …$/],
    [
      'is not about other stops',
      judged('Convincing'),
      { stop_loss_pct: 0.01 },
      false,
      /stop_loss_pct has/,
    ],
    [
      'of an older version is none',
      "robustness: {robust: true, verdict: 'Robust: it passed.'}",
      {},
      false,
      /^Not proven: judged by an older version, judge again\.$/,
    ],
    ['is missing in the oldest files', '', {}, false, /^Not judged/],
  ])('the verdict %s', async (_, block, changes, isProven, words) => {
    const file = bestParamsFile();
    if (block !== '') writeFileSync(file, `${BEST}    ${block}\n`);
    const given = { ...wish().given, ...changes };
    const planned = await plan(wish({ bestParamsFile: file, given }));
    expect(planned.verdict?.isProven).toBe(isProven);
    expect(planned.verdict?.sentence).toMatch(words);
  });

  test('without optimized parameters there is no verdict', async () => {
    expect((await plan(wish())).verdict).toBeUndefined();
  });

  test('outside paper mode the size has no default', async () => {
    await expect(plan(wish({ mode: 'testnet' }))).rejects.toThrow('How much?');
    const units = await plan(wish({ mode: 'testnet' }), runtime('units: 0.01\n'));
    expect(units.settings.run).toMatchObject({ units: 0.01, equity_fraction: null });
    const given = { ...wish().given, equity_fraction: 0.5 };
    const share = await plan(wish({ mode: 'live', given }), runtime('units: 0.01\n'));
    expect(share.settings.run).toMatchObject({ units: null, equity_fraction: 0.5 });
  });

  test('risk limits come from both places', async () => {
    const given = { ...wish().given, max_daily_loss: 50 };
    const file = runtime('max_daily_loss: 80\nmax_orders_per_hour: 4\nprice_collar: 0.01\n');
    const { settings } = await plan(wish({ given }), file);
    expect(settings.risk).toEqual({ maxDailyLoss: 50, maxOrdersPerHour: 4, priceCollar: 0.01 });
  });

  test('the history is long enough to warm up', async () => {
    expect((await plan(wish())).historyCandles).toBe(500);
    expect((await plan(wish({ days: 10 }))).historyCandles).toBe(960);
    const slow = { ...wish().given, interval: '1d' };
    await expect(plan(wish({ days: 10, given: slow }))).rejects.toThrow(/use --days \d+/);
  });

  test.each([
    ['TRUMPUSDT', 'TRUMPUSDC'],
    ['1000PEPEUSDT', '1000PEPEUSDC'],
    ['币安人生USDT', '龙USDT'],
    ['A_USDT', 'A-USDT'],
  ])('%s and %s have names of their own', async (...symbols) => {
    const bots = symbols.map((symbol) => ({ symbol, strategy_name: 'MACross', interval: '1m' }));
    const plans = await planBots(wish({ given: {} }), bots as never, '/');
    expect(new Set(plans.map(({ settings }) => settings.bot)).size).toBe(2);
  });

  test('two bots of one instrument are refused, however its symbol is written', async () => {
    const bots = ['BTCUSDT', 'btcusdt'].map((symbol) => ({
      symbol,
      strategy_name: 'MACross',
      interval: '1m',
    }));
    const planned = planBots(wish({ given: {} }), bots as never, '/');
    await expect(planned).rejects.toThrow('Two bots trade spot BTCUSDT');
  });

  test.each([
    ['', 'Which strategy?', {}],
    ['', 'Which instrument?', { strategy: 'MACross' }],
    ['', 'Which candles?', { strategy: 'MACross', symbol: 'BTCUSDT' }],
    ['leverage: 3', 'use market usdm', { strategy: 'MACross', symbol: 'BTCUSDT', interval: '1h' }],
  ])('says what is missing: %s', async (text, message, given) => {
    await expect(async () => plan(wish({ given }), runtime(text))).rejects.toThrow(message);
  });
});
