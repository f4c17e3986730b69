import { createHash, createPublicKey, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CandleSeries, isoTime, syntheticCandles, timeText } from '../../candles/index.js';
import {
  DAY_MS,
  type Decimal,
  MARKETS,
  type Market,
  parseDecimal,
  parseTimeframe,
  type Timeframe,
  timeframeMs,
  UsageError,
  UserError,
} from '../../domain/index.js';
import {
  candlesOnGrid,
  type ExchangeKey,
  FAULTS,
  type FaultName,
  type FaultRule,
  fundingSchedule,
  keptAccountsText,
  type Pace,
  readFundingRates,
  readKeptAccounts,
  splitSymbol,
  startExchangeServer,
  tickSizeOf,
} from '../../exchange/index.js';
import { fileError, systemErrorCode, writeFileAtomic } from '../../files/index.js';
import { loadCandles } from '../../history/index.js';
import { didYouMean } from '../../util/index.js';
import { createCommand } from '../create-command.js';
import { numberOption, repeatable, symbolOption } from '../option-values.js';
import type { Terminal } from '../terminal.js';

const DEFAULT_PORT = '9180';
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
/** A synthetic market goes on for this long after the start. */
const FUTURE_DAYS = 14;
const SYNTHETIC_CANDLES_MAX = 3_000_000;
/** Candles of a file that are history when no start is named: enough to warm up. */
const HISTORY_CANDLES = 500;
const START_PRICES: Readonly<Record<string, number>> = {
  BTCUSDT: 60_000,
  ETHUSDT: 3_000,
  BNBUSDT: 600,
};

interface Flags {
  readonly market?: string;
  readonly file?: readonly string[];
  readonly funding?: readonly string[];
  readonly symbols: string;
  readonly interval: string;
  readonly days: number;
  /** Without `--no-gaps` some candles are missing. */
  readonly gaps: boolean;
  readonly seed?: number;
  readonly start?: string;
  readonly speed: string;
  readonly anyTimestamp?: boolean;
  readonly allowHost?: readonly string[];
  readonly host: string;
  readonly port: string;
  readonly balance: string;
  readonly commission?: number;
  readonly payBnb?: boolean;
  readonly accounts?: string;
  readonly levelQuantity?: string;
  readonly fault?: readonly string[];
  readonly publicKey?: string;
  readonly allowWithdrawals?: boolean;
}

/** `wus exchange`: a Binance on this machine. */
export function exchangeCommand(terminal: Terminal): Command {
  return createCommand(terminal, {
    name: 'exchange',
    summary: 'Run a local exchange with the API of Binance',
    description:
      'Replays candles (or a seeded synthetic market) and fills orders against them, over REST, WebSocket streams and the ' +
      'WebSocket APIs of Binance spot and USD-M futures. Needs no money, no account and no network beyond this machine.',
    examples: [
      ['wus exchange', 'a SYNTHETIC market in real time'],
      [
        'wus exchange --file data/spot/1m/BTCUSDT_1m.csv --start 2023-03-01 --speed 60',
        'March 2023, one minute per second',
      ],
      ['wus exchange --market both', 'spot and USD-M of the same SYNTHETIC market on one port'],
      [
        'wus exchange --speed step --fault reply-lost:order --fault closed-candle-lost',
        'time moves only on POST /control/step, with two faults armed',
      ],
    ],
  })
    .optionsGroup('Market:')
    .option(
      '--market <market>',
      'spot, usdm or both (default: from the paths of the files, otherwise spot)',
    )
    .option(
      '--file <file>',
      'Candle file; repeatable, finer candles define the price path inside longer ones',
      repeatable,
    )
    .option(
      '--funding <file>',
      'USD-M funding rates, <SYMBOL>_funding.csv; repeatable (default: 0.01 % every 8 h)',
      repeatable,
    )
    .option('--symbols <symbols>', 'Symbols of the synthetic market', 'BTCUSDT,ETHUSDT')
    .option('--interval <interval>', 'Candle length of the synthetic market', '1m')
    .option('--days <n>', 'History of the synthetic market in days', numberOption('--days'), 30)
    .option('--no-gaps', 'Create a synthetic market without missing candles')
    .option(
      '--seed <n>',
      'Seed of the market, ids, faults and key (default: 1, with a random key)',
      numberOption('--seed'),
    )
    .optionsGroup('Time:')
    .option(
      '--start <time>',
      'Exchange time at the start (default: now, or after 500 candles of a file)',
    )
    .option(
      '--speed <speed>',
      'Multiple of real time, "step" or "max"; other people\'s clients need 1',
      '1',
    )
    .option(
      '--any-timestamp',
      'Accept any timestamp in signed requests, so that third-party clients work at any speed',
    )
    .optionsGroup('Account:')
    .option('--balance <list>', 'Free balances', 'USDT=10000')
    .option(
      '--commission <bps>',
      'Maker and taker commission, basis points (default: 10; USD-M: maker 2, taker 5)',
      numberOption('--commission'),
    )
    .option('--pay-bnb', 'Pay commission in BNB with the discount')
    .option('--accounts <file>', 'Load the accounts from this file, and save them to it on exit')
    .option('--level-quantity <base>', 'Quantity at each price level (default: unlimited)')
    .option('--public-key <file>', 'Also accept this Ed25519 public key (PEM)')
    .option('--allow-withdrawals', 'Report the key as one that permits withdrawals')
    .optionsGroup('Server:')
    .option('--host <address>', 'Address to listen on', '127.0.0.1')
    .option('--port <n>', 'Port to listen on', DEFAULT_PORT)
    .option('--allow-host <name>', 'Also accept requests to this host name; repeatable', repeatable)
    .option('--fault <name[:match]>', 'Arm a fault; repeatable (see docs)', repeatable)
    .optionsGroup('Help:')
    .action(async (_, self: Command) => {
      await run(terminal, self.opts<Flags>());
    });
}

async function run(terminal: Terminal, flags: Flags): Promise<void> {
  const pace = paceFrom(flags.speed);
  const market =
    flags.file === undefined ? syntheticMarket(flags) : await fileMarket(terminal, flags);
  const keys = await keysFrom(terminal, flags);
  requirePriceOfBnb(flags, market.series);
  const rate = commissionRate(flags.commission);
  const accountsPath =
    flags.accounts === undefined ? undefined : resolve(terminal.workingFolder, flags.accounts);
  const kept = accountsPath === undefined ? undefined : await keptAccounts(accountsPath, market);
  const server = await startExchangeServer({
    ...market,
    pace,
    keys: keys.map(({ key }) => key),
    host: hostFrom(flags.host),
    port: portFrom(flags.port),
    allowedHosts: flags.allowHost ?? [],
    takesAnyTimestamp: flags.anyTimestamp === true,
    seed: seedOf(flags),
    ...(kept === undefined ? {} : { kept }),
    balances: balancesFrom(flags.balance),
    commission: { ...rate, paysWithBNB: flags.payBnb === true },
    usdmCommission: rate,
    fundingRate: fundingSchedule(await fundingRows(terminal, flags)),
    ...(flags.levelQuantity === undefined
      ? {}
      : {
          liquidity: {
            levelQuantity: decimalFlag('--level-quantity', flags.levelQuantity),
            levels: 20,
            spreadTicks: 1,
          },
        }),
    faults: (flags.fault ?? []).map(faultFrom),
    onUnserved: (what) => {
      terminal.note(`Not supported: ${what}`);
    },
  });
  if (flags.payBnb === true && !balancesFrom(flags.balance).BNB) {
    terminal.note(
      '--pay-bnb: the account has no BNB, so commission is taken from the received asset until it has some (--balance USDT=10000,BNB=5)',
    );
  }
  if (!LOOPBACK.includes(flags.host)) {
    terminal.note(
      `WARNING: listening on ${flags.host}. Everyone who can reach this address can trade on this exchange and control it.`,
    );
  }
  const symbols = [...new Set(market.series.map(({ symbol }) => symbol))].join(', ');
  terminal.print(`${flags.file === undefined ? 'SYNTHETIC market' : 'Replay'} of ${symbols}`);
  terminal.print(`Exchange time ${timeText(server.now())} UTC, ${paceText(pace)}`);
  terminal.print(`REST and archives  ${server.url}`);
  for (const line of addressLines(server.url.replace('http', 'ws'), market.series)) {
    terminal.print(line);
  }
  terminal.print(`Control            ${server.url}/control`);
  for (const { key, secret } of keys) {
    terminal.print(
      secret === undefined
        ? `Key of the PEM     BINANCE_API_KEY=${key.apiKey}`
        : `Key                BINANCE_API_KEY=${key.apiKey} BINANCE_API_SECRET=${secret}`,
    );
  }
  await new Promise<void>((stopped) => {
    terminal.onInterrupt(async () => {
      await server.close();
      if (accountsPath !== undefined) {
        await writeFileAtomic(accountsPath, keptAccountsText(server.accounts()));
      }
      terminal.note('Exchange stopped');
      stopped();
    });
  });
}

/** The accounts of a file, if it is there. */
async function keptAccounts(
  path: string,
  { series, startTime, startsNow }: ServedMarket,
): Promise<ReturnType<typeof readKeptAccounts> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw fileError('read', path, error);
  });
  if (text === undefined) return undefined;
  const symbolsOf = (market: Market): string[] => [
    ...new Set(series.filter((one) => one.market === market).map(({ symbol }) => symbol)),
  ];
  const symbols = { spot: symbolsOf('spot'), usdm: symbolsOf('usdm') };
  const time = startsNow ? Date.now() : startTime;
  return readKeptAccounts(text, { path, symbols, startTime: time });
}

function addressLines(url: string, series: readonly CandleSeries[]): string[] {
  const serves = (market: Market): boolean => series.some((one) => one.market === market);
  return [
    ...(serves('spot')
      ? [`Spot streams       ${url}/ws and /stream`, `Spot WebSocket API ${url}/ws-api/v3`]
      : []),
    ...(serves('usdm')
      ? [
          `USD-M streams      ${url}/public, /market and /private, each with /ws and /stream`,
          `USD-M WebSocket API ${url}/ws-fapi/v1`,
        ]
      : []),
  ];
}

interface ServedMarket {
  readonly series: readonly CandleSeries[];
  readonly startTime: number;
  readonly startsNow: boolean;
}

function syntheticMarket(flags: Flags): ServedMarket {
  const timeframe = parseTimeframe(flags.interval);
  const startTime = flags.start === undefined ? Date.now() : timeFlag(flags.start);
  const first = Math.floor(startTime / DAY_MS - flags.days) * DAY_MS;
  const length = Math.ceil(((flags.days + 1 + FUTURE_DAYS) * DAY_MS) / timeframeMs(timeframe));
  if (!(flags.days >= 1) || length > SYNTHETIC_CANDLES_MAX) {
    throw new UsageError(
      `--days ${flags.days}: at least 1, and at most ${SYNTHETIC_CANDLES_MAX.toLocaleString('en-US')} candles of ${timeframe}`,
    );
  }
  const symbols = flags.symbols.split(',').map((text) => symbolOption('--symbols', text));
  const series = symbols.flatMap((symbol) => {
    const startPrice = START_PRICES[symbol] ?? 100;
    const options = { length, seed: seedOf(flags), symbol, timeframe, startPrice };
    // Both markets of a symbol have the same random numbers, so nearly the same prices; each on its own grid.
    return marketsOf(flags).map((market) => {
      const tickSize = tickSizeOf(market, symbol, startPrice);
      const { gaps: hasTimeGaps } = flags;
      const candles = syntheticCandles({ ...options, startTime: first, tickSize, hasTimeGaps });
      return { ...candles, market };
    });
  });
  return { series, startTime, startsNow: flags.start === undefined };
}

async function fileMarket(terminal: Terminal, flags: Flags): Promise<ServedMarket> {
  const series: CandleSeries[] = [];
  for (const file of flags.file ?? []) {
    const path = resolve(terminal.workingFolder, file);
    const { candles, warnings } = await loadCandles({ files: [path] });
    for (const warning of warnings) terminal.note(warning);
    const markets = flags.market === undefined ? [candles.market] : marketsOf(flags);
    series.push(...markets.map((market) => candlesOnGrid({ ...candles, market })));
  }
  const coarsest = series.reduce((a, b) => (lengthOf(b.timeframe) > lengthOf(a.timeframe) ? b : a));
  const { openTime } = coarsest;
  const startTime =
    flags.start === undefined
      ? openTime[Math.min(HISTORY_CANDLES, openTime.length - 1)]!
      : timeFlag(flags.start);
  const lastTime = openTime[openTime.length - 1]! + lengthOf(coarsest.timeframe);
  if (startTime < openTime[0]! || startTime >= lastTime) {
    throw new UsageError(
      `--start ${flags.start}: the candles run from ${timeText(openTime[0]!)} to ${timeText(lastTime)}`,
    );
  }
  return { series, startTime, startsNow: false };
}

function seedOf({ seed = 1 }: Flags): number {
  return seed;
}

/** @throws {UsageError} If commission cannot be paid in BNB although it is to be. */
function requirePriceOfBnb(flags: Flags, series: readonly CandleSeries[]): void {
  if (flags.payBnb !== true) return;
  const spot = series.filter(({ market }) => market === 'spot').map(({ symbol }) => symbol);
  if (spot.length === 0) {
    throw new UsageError(
      '--pay-bnb: on this exchange USD-M pays commission in the margin asset; omit it',
    );
  }
  const quotes = new Set(spot.map((symbol) => splitSymbol(symbol).quoteAsset));
  const missing = [...quotes]
    .filter((quote) => quote !== 'BNB' && !spot.includes(`BNB${quote}`))
    .map((quote) => `BNB${quote}`);
  if (missing.length > 0) {
    const where = flags.file === undefined ? '--symbols' : 'the files (--file)';
    throw new UsageError(
      `--pay-bnb: without a BNB price the commission cannot be computed; add ${missing.join(', ')} to ${where}`,
    );
  }
}

function marketsOf({ market = 'spot' }: Flags): readonly Market[] {
  if (market === 'both') return MARKETS;
  const known = MARKETS.find((name) => name === market);
  if (known !== undefined) return [known];
  throw new UsageError(
    `--market ${market}: unknown${didYouMean(market, [...MARKETS, 'both'])}; use spot, usdm or both`,
  );
}

function commissionRate(bps: number | undefined): { maker?: Decimal; taker?: Decimal } {
  if (bps === undefined) return {};
  const rate = decimalFlag('--commission', (bps / 10_000).toFixed(8));
  return { maker: rate, taker: rate };
}

async function fundingRows(
  terminal: Terminal,
  flags: Flags,
): Promise<Parameters<typeof fundingSchedule>[0]> {
  const rows: Record<string, Awaited<ReturnType<typeof readFundingRates>>> = {};
  for (const file of flags.funding ?? []) {
    const symbol = /([^/\\]+)_funding\.csv$/.exec(file)?.[1];
    if (symbol === undefined) {
      throw new UsageError(`--funding ${file}: its name must be <SYMBOL>_funding.csv`);
    }
    rows[symbol.toUpperCase()] = await readFundingRates(resolve(terminal.workingFolder, file));
  }
  return rows;
}

const lengthOf = (timeframe: Timeframe): number => timeframeMs(timeframe);

async function keysFrom(
  terminal: Terminal,
  flags: Flags,
): Promise<{ key: ExchangeKey; secret: string | undefined }[]> {
  const permissions = {
    canTrade: true,
    canWithdraw: flags.allowWithdrawals === true,
    isIpRestricted: true,
  };
  // A page or program that knows a constant key could trade here: only who asks for a seed gets one that repeats.
  const origin = flags.seed === undefined ? randomBytes(32).toString('hex') : String(flags.seed);
  const secret = derived(`secret ${origin}`);
  const key = { apiKey: derived(`key ${origin}`), secret, ...permissions };
  if (flags.publicKey === undefined) return [{ key, secret }];
  const path = resolve(terminal.workingFolder, flags.publicKey);
  const publicKeyPem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError('read', path, error);
  });
  requirePublicKey(path, publicKeyPem);
  const pemKey = { apiKey: derived(`pem ${origin} ${publicKeyPem}`), publicKeyPem, ...permissions };
  return [
    { key, secret },
    { key: pemKey, secret: undefined },
  ];
}

function requirePublicKey(path: string, pem: string): void {
  try {
    if (createPublicKey(pem).asymmetricKeyType === 'ed25519') return;
  } catch {
    // Not PEM: told below.
  }
  throw new UserError(
    `${path}: not an Ed25519 public key in PEM; create one with: openssl pkey -in private.pem -pubout -out public.pem`,
  );
}

function derived(text: string): string {
  return createHash('sha256').update(`wus exchange ${text}`).digest('hex');
}

function paceFrom(speed: string): Pace {
  if (speed === 'step') return { kind: 'stepped' };
  if (speed === 'max') return { kind: 'fast' };
  const factor = Number(speed);
  if (factor > 0 && factor <= 100_000) return { kind: 'real', speed: factor };
  throw new UsageError(`--speed ${speed}: a number above 0, "step" or "max"`);
}

function paceText(pace: Pace): string {
  if (pace.kind === 'stepped') return 'advanced by POST /control/step only';
  if (pace.kind === 'fast') return 'as fast as clients read it';
  return pace.speed === 1 ? 'in real time' : `${pace.speed} times real time`;
}

/** Letters, digits, and what addresses are made of; what is longer is no name of a machine. */
const HOST = /^[\w.:%-]{1,253}$/;

function hostFrom(text: string): string {
  if (HOST.test(text)) return text;
  throw new UsageError(`--host ${text}: not an address of this machine; use for example 127.0.0.1`);
}

function portFrom(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError(`--port ${text}: a whole number from 0 (any free port) to 65535`);
}

function timeFlag(text: string): number {
  const value = isoTime(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`--start ${text}: not a date; write 2024-01-01 or 2024-01-01T12:00 (UTC)`);
}

function decimalFlag(flag: string, text: string): Decimal {
  const value = parseDecimal(text);
  if (value !== undefined && value >= 0n) return value;
  throw new UsageError(`${flag} ${text}: a number >= 0 with at most 8 decimals`);
}

function balancesFrom(text: string): Record<string, Decimal> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [asset = '', amount = ''] = part.trim().split('=');
      if (asset === '') throw new UsageError(`--balance ${text}: write USDT=10000,BTC=0.5`);
      return [asset.toUpperCase(), decimalFlag(`--balance ${asset}`, amount)];
    }),
  );
}

function faultFrom(text: string): FaultRule {
  const [name = '', ...match] = text.split(':');
  const names = Object.keys(FAULTS);
  if (!names.includes(name)) {
    throw new UsageError(
      `--fault ${name}: unknown${didYouMean(name, names)}; available: ${names.join(', ')}`,
    );
  }
  return { name: name as FaultName, ...(match.length === 0 ? {} : { match: match.join(':') }) };
}
