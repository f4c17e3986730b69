import { type BotMemory, fromJournalText, toJournalText, toStored } from '../core/index.js';
import { Journal } from '../journal/index.js';
import type { JournalFiles } from '../journal/journal-files.js';
import { decodeRecords, encodeRecord } from '../journal/record.js';

/** Layouts that version 0.1 reads, and the one that it writes. */
const READ_BY_0_1 = [2, 3];
const WRITTEN_BY_0_1 = 3;

/** Parts that the memory of 0.1 had, and those of its orders and its position, with their names on the disk. */
const MEMORY_KEYS = [
  ...['settings', 'pendingSettings', 'trading', 'epoch', 'orderCounter', 'lastOpenTime'],
  ...['blockedSide', 'enteredSignalTime', 'order', 'others', 'position', 'unprotected', 'balance'],
  ...[
    'netPnl',
    'day',
    'dayPnl',
    'fundingLookTime',
    'unreported',
    'unlogged',
    'dailyLossDay',
    'dust',
  ],
  ...['foreignBase', 'entryTimes', 'failures', 'retryTime', 'quietUntil', 'firstBootTime'],
  ...['aliveTime', 'firstDecidedTime', 'settingsSince', 'candlesKept', 'lateMsMax', 'coarsestGrid'],
  ...['candleChecksum', 'candleChecksums', 'skipped', 'hindrances', 'absentOrders', 'mismatch'],
];
const ORDER_KEYS = [
  ...['leg', 'request', 'list', 'phase', 'sentTime', 'orderId', 'executed', 'booked', 'tradeIds'],
  ...['cancelSent', 'isRejected', 'askTime', 'asks'],
];
const POSITION_KEYS = [
  ...['side', 'signalTime', 'firstFillTime', 'lastFillTime', 'entered', 'entryNotional', 'exited'],
  ...['exitNotional', 'baseCommission', 'quoteCommission', 'otherCommission', 'funding'],
  ...['fundingTime', 'missing', 'peak', 'highest', 'lowest', 'exit', 'unprotectedSince'],
  ...['unprotectedMs', 'stopRefusals', 'orders', 'tradeIds'],
];

/** Puts the state that 0.1 would have left in the place of what the folder holds: its bot's name was its order tag. */
export async function becomeStateOf01(files: JournalFiles): Promise<void> {
  const memory = await Journal.read(files);
  if (memory === undefined) return;
  const text = toJournalText(memoryOf01(memory));
  for (const name of await files.list()) await files.remove(name);
  const name = 'state-000000000000100.json';
  await files.append(name, encodeRecord({ sequence: 100, text }));
  await files.sync(name);
  await files.syncFolder();
}

function memoryOf01(memory: BotMemory): object {
  const stored = toStored(memory) as { order: object | null; others: readonly object[] };
  return {
    version: WRITTEN_BY_0_1,
    ...only(stored, MEMORY_KEYS),
    settings: { ...memory.settings, bot: memory.tag },
    order: stored.order && only(stored.order, ORDER_KEYS),
    others: stored.others.map((order) => only(order, ORDER_KEYS)),
    position: memory.position && only(memory.position, POSITION_KEYS),
  };
}

function only(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => keys.includes(key)));
}

/**
 * What version 0.1 does with a folder at its start: it takes the newest whole snapshot, applies what follows, and looks at
 * the number of the layout before it writes anything.
 *
 * @returns Its refusal; `undefined` where it would go on.
 */
export async function refusalOf01(files: JournalFiles): Promise<string | undefined> {
  const names = await files.list();
  const numberOf = (name: string): number => Number(/\d{15}/.exec(name)?.[0] ?? Number.NaN);
  const snapshots = names.filter((name) => /^state-\d{15}\.json$/.test(name)).sort();
  const segments = names.filter((name) => /^journal-\d{15}\.log$/.test(name)).sort();
  for (const snapshot of snapshots.reverse()) {
    const [record] = decodeRecords(await files.read(snapshot));
    if (record === undefined || record.sequence !== numberOf(snapshot)) continue;
    let memory = fromJournalText(record.text) as { version: number };
    let { sequence } = record;
    for (const segment of segments) {
      for (const next of decodeRecords(await files.read(segment))) {
        if (next === undefined || next.sequence <= sequence) continue;
        if (next.sequence !== sequence + 1) return `damaged: record ${sequence + 1} is not there`;
        memory = { ...memory, ...(fromJournalText(next.text) as { patch: object }).patch };
        sequence = next.sequence;
      }
    }
    const { version } = memory;
    return READ_BY_0_1.includes(version) ? undefined : `layout ${version}, this version reads 3`;
  }
  return snapshots.length === 0 && segments.length === 0 ? undefined : 'damaged: no whole snapshot';
}
