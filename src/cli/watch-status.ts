import { type BotStatus, isLocked, pause } from '../trader/index.js';
import { type BotFilter, chosenBots } from './chosen-bots.js';
import { listTrades } from './live-trade-list.js';
import { createPalette } from './palette.js';
import { type ScreenSize, screenLines } from './status-screen.js';
import type { Terminal } from './terminal.js';

const LOOK_MS = 1_000;
const ROWS_UNKNOWN = 24;
/** A bot that wrote its status so lately runs: its lock need not be asked. */
const FRESH_MS = 15_000;
/** How long the answer of a lock is believed, ms. */
const LOCK_MS = 5_000;
const ENTER_SCREEN = '\u001B[?1049h\u001B[?25l';
const LEAVE_SCREEN = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const CLEAR_LINE = '\u001B[K';
const CLEAR_REST = '\u001B[J';

export interface WatchOptions extends BotFilter {
  /** Path of the trade logs. */
  readonly tradesFolder: string;
}

/**
 * Shows how the bots stand until Ctrl-C: on a terminal in place, elsewhere once for each change.
 *
 * @param options - Which bots.
 * @param terminal - Where.
 */
export async function watchStatus(options: WatchOptions, terminal: Terminal): Promise<void> {
  const isRunning = patientProbe();
  const palette = createPalette(terminal.hasColors);
  const frame = async (size: ScreenSize): Promise<string[]> => {
    const bots = await chosenBots(options, terminal, isRunning);
    const { trades } = await listTrades(options.tradesFolder, {
      environment: options.environment,
      symbol: options.symbol?.toUpperCase(),
    });
    return screenLines({ bots, trades, now: Date.now() }, size, palette);
  };
  // What is wrong with the options is said before the screen is taken.
  await frame({ columns: terminal.columns, rows: ROWS_UNKNOWN });
  await (terminal.isInteractive ? redrawn(frame, terminal) : printed(frame, terminal));
}

type Frame = (size: ScreenSize) => Promise<string[]>;

/** In place: no line moves, nothing scrolls away. */
async function redrawn(frame: Frame, terminal: Terminal): Promise<void> {
  const { stdout } = process;
  stdout.write(ENTER_SCREEN);
  try {
    await repeat(terminal, async () => {
      const rows = stdout.rows || ROWS_UNKNOWN;
      const lines = await frame({ columns: terminal.columns, rows });
      const text = lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n');
      stdout.write(`${HOME}${text}${CLEAR_REST}`);
    });
  } finally {
    stdout.write(LEAVE_SCREEN);
  }
}

/** For a file or another program: a block for each change, the time in its first line. */
async function printed(frame: Frame, terminal: Terminal): Promise<void> {
  let shown = '';
  await repeat(terminal, async () => {
    const [head = '', ...rest] = await frame({ columns: terminal.columns, rows: 1_000 });
    const text = rest.join('\n');
    if (text === shown) return;
    shown = text;
    terminal.print(`${head}\n${text}\n`);
  });
}

/** Every second until Ctrl-C. */
async function repeat(terminal: Terminal, action: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const end = terminal.onInterrupt(() => stop.abort());
  try {
    while (!stop.signal.aborted) {
      await action();
      await pause(LOOK_MS, stop.signal);
    }
  } finally {
    end();
  }
}

/** Asks a lock seldom: the asking holds it for a moment, in which the bot could not start. */
function patientProbe(): (folder: string, status: BotStatus | undefined) => boolean {
  const known = new Map<string, { readonly time: number; readonly isRunning: boolean }>();
  return (folder, status) => {
    const now = Date.now();
    if (status !== undefined && now - status.writtenTime < FRESH_MS && isAlive(status.pid))
      return true;
    const answer = known.get(folder);
    if (answer !== undefined && now - answer.time < LOCK_MS) return answer.isRunning;
    const isRunning = isLocked(folder);
    known.set(folder, { time: now, isRunning });
    return isRunning;
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
