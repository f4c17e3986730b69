import { tradeRules } from '../backtest/index.js';
import { type Decimal, decimalFromNumber, decimalToNumber, trimDecimal } from '../domain/index.js';
import {
  type AccountReport,
  type Broker,
  isUsdmBroker,
  type LeverageBracket,
  type SymbolSettings,
  type UsdmBroker,
} from '../exchange/index.js';
import type { BotSettings } from '../live/index.js';
import {
  type LiquidationFacts,
  leverageThatFits,
  liquidationDistance,
} from './liquidation-distance.js';
import type { TestedBot } from './order-check.js';

/** One line of the verdict, as of the self-test. */
export interface ModeCheck {
  readonly name: string;
  readonly result: 'ok' | 'failed' | 'note';
  readonly text: string;
}

/** A bot that is about to trade. What is open goes on in whatever mode: a person is told, and nothing is refused. */
export type ModeBot = Pick<TestedBot, 'settings' | 'balance' | 'isInPosition'>;

/** The mark price decides, and a market order slips: liquidation must be this much farther away than the stop. */
const ROOM = 1.1;

/**
 * Reads the modes of a USD-M account and says them: one-way or hedge, single- or multi-assets, and for each bot margin type
 * and leverage. What would close a position before its stop does is refused, with what would fit.
 *
 * @param broker - Of the account.
 * @param account - As it is now; `undefined` if it could not be read.
 * @param bots - Settings in force.
 * @param prices - Of an entry by symbol, quote per base.
 * @returns One line for the account and one for each bot; none on spot.
 * @throws {ExchangeError} If a request failed.
 */
export async function accountModeChecks(
  broker: Broker,
  account: AccountReport | undefined,
  bots: readonly ModeBot[],
  prices: ReadonlyMap<string, Decimal>,
): Promise<readonly ModeCheck[]> {
  if (!isUsdmBroker(broker) || account === undefined) return [];
  const checks = [accountCheck(account, bots)];
  for (const bot of bots) {
    const price = prices.get(bot.settings.run.symbol);
    if (price !== undefined) checks.push(await symbolCheck(broker, account, bot, price));
  }
  return checks;
}

function accountCheck(
  { isHedged, isMultiAssets }: AccountReport,
  bots: readonly ModeBot[],
): ModeCheck {
  const name = 'account modes';
  if (isHedged === true) {
    const text =
      'the account is in hedge mode, in which a symbol can have a long and a short position: close all positions and set one-way mode';
    return { name, result: bots.some((bot) => bot.isInPosition) ? 'note' : 'failed', text };
  }
  const position = isHedged === false ? 'one-way' : 'position mode unknown';
  if (isMultiAssets === true) {
    const text = `${position}, multi-assets: other assets also back the positions and may cover losses`;
    return { name, result: 'note', text };
  }
  const assets = isMultiAssets === false ? 'single-asset' : 'asset mode unknown';
  return { name, result: 'ok', text: `${position}, ${assets}` };
}

async function symbolCheck(
  broker: UsdmBroker,
  account: AccountReport,
  { settings, balance, isInPosition }: ModeBot,
  price: Decimal,
): Promise<ModeCheck> {
  const { symbol } = settings.run;
  const name = `${symbol} margin`;
  const inForce = await broker.symbolSettings(symbol);
  const brackets = await broker.leverageBrackets(symbol);
  const problem = marginProblem(settings, inForce, {
    account,
    brackets,
    price,
    balance,
  });
  if (problem !== undefined)
    return { name, result: isInPosition ? 'note' : 'failed', text: problem };
  const most =
    inForce.notionalMax === undefined || inForce.notionalMax === 0n
      ? ''
      : `, positions up to ${trimDecimal(inForce.notionalMax)}`;
  const { leverage } = settings.run;
  const text = `${inForce.marginType}, leverage ${inForce.leverage}${most}`;
  if (inForce.leverage <= Math.max(1, Math.ceil(leverage))) return { name, result: 'ok', text };
  const sized = `${text}; entries are sized by --leverage ${leverage}, the exchange allows more`;
  return { name, result: 'ok', text: sized };
}

/** Why a position would be liquidated before its stop; `undefined` if it would not. */
function marginProblem(
  { run }: BotSettings,
  { marginType, leverage }: SymbolSettings,
  facts: {
    readonly account: AccountReport;
    readonly brackets: readonly LeverageBracket[];
    readonly price: Decimal;
    readonly balance: Decimal;
  },
): string | undefined {
  const { symbol } = run;
  const { stopLoss, trailingStop, direction } = tradeRules(run);
  const stop = Math.min(
    stopLoss ?? Number.POSITIVE_INFINITY,
    trailingStop ?? Number.POSITIVE_INFINITY,
  );
  const notional = entryNotional(run, facts);
  const isIsolated = marginType === 'isolated';
  const wallet = decimalToNumber(facts.account.margin?.walletBalance ?? 0n);
  const bracket = bracketOf(facts.brackets, notional);
  const margin: LiquidationFacts = {
    marginShare: isIsolated ? 1 / leverage : wallet / notional,
    maintenanceRate: bracket.rate,
    deductionShare: bracket.deduction / notional,
  };
  const sides =
    direction === 'long'
      ? ([1] as const)
      : direction === 'short'
        ? ([-1] as const)
        : ([1, -1] as const);
  const distance = Math.min(...sides.map((side) => liquidationDistance(margin, side)));
  if (!Number.isFinite(stop)) return isIsolated ? unstopped(run, leverage, distance) : undefined;
  if (distance > stop * ROOM) return undefined;
  const where = `is liquidated ${percent(distance)} from its entry, but its stop is ${percent(stop)} away`;
  if (!isIsolated) {
    return `a position of ${amount(notional)} on a wallet of ${amount(wallet)} ${where}: reduce the size, or set a closer stop`;
  }
  const most = leverageThatFits(margin, stop * ROOM, sides);
  const fit = most >= 1 ? `, or its leverage to ${most} or less` : '';
  return `${symbol} is on isolated margin at leverage ${leverage}: a position ${where}; set it to cross margin at the exchange${fit}`;
}

/** Without a stop isolated margin must be what the leverage of the settings binds. */
function unstopped(
  run: BotSettings['run'],
  leverage: number,
  distance: number,
): string | undefined {
  const most = Math.max(1, Math.ceil(run.leverage));
  if (leverage <= most) return undefined;
  return `${run.symbol} is on isolated margin at leverage ${leverage}: a position without a stop is liquidated ${percent(distance)} from its entry, although --leverage ${run.leverage} allows more; set it to cross margin at the exchange, or its leverage to ${most}`;
}

function entryNotional(
  run: BotSettings['run'],
  { price, balance }: { readonly price: Decimal; readonly balance: Decimal },
): number {
  const { size, leverage } = tradeRules(run);
  const notional =
    'units' in size
      ? size.units * decimalToNumber(price)
      : decimalToNumber(balance) * size.equityFraction * leverage;
  return Math.max(notional, Number.MIN_VALUE);
}

function bracketOf(
  brackets: readonly LeverageBracket[],
  notional: number,
): { readonly rate: number; readonly deduction: number } {
  const at = decimalFromNumber(Math.min(notional, 1e12));
  const own = brackets.find(({ notionalCap }) => at < notionalCap) ?? brackets.at(-1);
  return {
    rate: own === undefined ? 0 : decimalToNumber(own.maintenanceRate),
    deduction: own === undefined ? 0 : decimalToNumber(own.maintenanceDeduction),
  };
}

const percent = (fraction: number): string => `${Number((100 * fraction).toFixed(2))} %`;
const amount = (value: number): string => String(Number(value.toFixed(2)));
