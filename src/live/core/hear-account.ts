import { trimDecimal } from '../../domain/index.js';
import type { AssetBalance, InstrumentRules, OrderReport } from '../../exchange/index.js';
import { orderIdPrefix } from './client-order-id.js';
import { hearReport, reportMismatch } from './hear-orders.js';
import { doubtOrder } from './order.js';
import { heldQuantity } from './position.js';
import { alert, notice, remember, type Turn } from './turn.js';

/** Balances may lag behind fills for this long. */
const BALANCE_LAG_MS = 2_000;

/** Takes a look at the account, and compares it with what the bot believes. */
export function hearAccount(
  turn: Turn,
  account: {
    readonly askedTime: number;
    readonly balances: readonly AssetBalance[];
    readonly openOrders: readonly OrderReport[];
    readonly rules: InstrumentRules;
  },
): void {
  const { askedTime, rules } = account;
  // Answers may overtake each other.
  if (askedTime < (turn.senses.accountTime ?? 0)) return;
  const of = (asset: string): AssetBalance =>
    account.balances.find((balance) => balance.asset === asset) ?? { asset, free: 0n, locked: 0n };
  const base = of(rules.baseAsset);
  notice(turn, {
    accountTime: askedTime,
    accountAskedTime: undefined,
    baseFree: base.free,
    baseTotal: base.free + base.locked,
    quoteFree: of(rules.quoteAsset).free,
    rules,
  });
  compareOrders(turn, askedTime, account.openOrders);
  compareCoins(turn, askedTime);
}

/** Open orders with our name that we do not have in flight are withdrawn; all others are not ours to touch. */
function compareOrders(turn: Turn, askedTime: number, openOrders: readonly OrderReport[]): void {
  const prefix = orderIdPrefix(turn.memory.settings.bot);
  for (const report of openOrders) {
    if (!report.clientOrderId.startsWith(prefix)) continue;
    if (report.clientOrderId === turn.memory.order?.request.clientOrderId) {
      hearReport(turn, report);
    } else if (askedTime > turn.senses.changeTime + BALANCE_LAG_MS) {
      alert(
        turn,
        'alarm',
        'orphan-order',
        `order ${report.clientOrderId} is open but not in use: cancelled`,
      );
      turn.effects.push({ type: 'cancel', clientOrderId: report.clientOrderId });
    }
  }
  const { order } = turn.memory;
  if (order === null || order.phase !== 'open' || askedTime <= turn.senses.changeTime) return;
  const isListed = openOrders.some(
    (report) => report.clientOrderId === order.request.clientOrderId,
  );
  if (!isListed) remember(turn, { order: doubtOrder(order, turn.time) });
}

/** The account must hold at least the coins of the bot; what it holds beyond is somebody else's. */
function compareCoins(turn: Turn, askedTime: number): void {
  const { memory, senses } = turn;
  const { order, position } = memory;
  const isQuiet =
    askedTime > senses.changeTime + BALANCE_LAG_MS &&
    (order === null ||
      (order.phase === 'open' && order.leg === 'stop' && order.executed === order.booked));
  if (!isQuiet) return;
  const own = (position === null ? 0n : heldQuantity(position)) + memory.dust;
  const foreign = senses.baseTotal - own;
  if (foreign >= 0n) {
    if (senses.shortfallSeen) notice(turn, { shortfallSeen: false });
    if (foreign === memory.foreignBase) return;
    if (memory.foreignBase !== null) {
      alert(
        turn,
        'info',
        'foreign-balance',
        `${trimDecimal(foreign)} on the account are not the bot's`,
      );
    }
    remember(turn, { foreignBase: foreign });
    return;
  }
  // One look may be unlucky; the second says that somebody took the coins.
  if (!senses.shortfallSeen) {
    notice(turn, { shortfallSeen: true });
    return;
  }
  takeLoss(turn, -foreign);
}

function takeLoss(turn: Turn, shortfall: bigint): void {
  const { position, dust } = turn.memory;
  const fromDust = shortfall < dust ? shortfall : dust;
  const fromPosition = shortfall - fromDust;
  notice(turn, { shortfallSeen: false });
  remember(turn, { dust: dust - fromDust, foreignBase: 0n });
  if (position === null || fromPosition === 0n) return;
  remember(turn, { position: { ...position, missing: position.missing + fromPosition } });
  reportMismatch(
    turn,
    `${trimDecimal(fromPosition)} coins of the position left the account by other hands`,
  );
}
