import type { BotCommand } from '../live/index.js';

/** A message of a chat, checked for shape only. */
export interface ChatMessage {
  readonly chat: string;
  /** By the clock of the service, in whole seconds; ms UTC. */
  readonly time: number;
  readonly text: string;
  /** Written by somebody else at another time, or by a program. */
  readonly isSecondHand: boolean;
}

/** What a message leads to. */
export type Heard =
  /** Nothing, or a line for the log. */
  | { readonly kind: 'ignored'; readonly note?: string }
  /** Too old to be obeyed, which is reported. */
  | { readonly kind: 'dropped'; readonly what: string }
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'status' | 'trades' }
  /** To be repeated with a code first: what it does is said along. */
  | {
      readonly kind: 'confirm';
      readonly command: BotCommand;
      readonly symbols: readonly string[];
      readonly repeat: string;
    }
  | {
      readonly kind: 'command';
      readonly command: BotCommand;
      readonly symbols: readonly string[];
    };

export interface ChatListenerOptions {
  /** The one chat that is obeyed. */
  readonly chat: string;
  /** Older messages are dropped, ms UTC. */
  readonly startTime: number;
  /** Whether `/resume` wants a code as well. */
  readonly isLive: boolean;
  /** Of the bots. */
  readonly symbols: readonly string[];
  /** A new code: digits. */
  readonly code: () => string;
}

/** Messages that took longer to arrive are dropped. */
export const MESSAGE_AGE_MS_MAX = 60_000;
/** A code is good for so long, and for so many tries. */
const CODE_MS = 60_000;
const CODE_TRIES = 3;
/** Orders by hand in a minute; a chat that floods is left unanswered. */
const MESSAGES_PER_MINUTE = 20;
const STRANGERS_MAX = 20;

export const CHAT_HELP = [
  '/status: status of the bots',
  '/trades: latest trades',
  '/halt [SYMBOL]: block new entries',
  '/resume [SYMBOL]: resume trading',
  '/flatten [SYMBOL]: close positions at market now, and block new entries',
].join('\n');

interface Pending {
  readonly command: BotCommand;
  readonly symbols: readonly string[];
  readonly code: string;
  readonly untilTime: number;
  triesLeft: number;
}

/** Decides what messages of a chat mean: who may say what, how old it may be, and what must be repeated with a code. */
export class ChatListener {
  readonly #options: ChatListenerOptions;
  readonly #strangers = new Set<string>();
  readonly #times: number[] = [];
  #pending: Pending | undefined;

  constructor(options: ChatListenerOptions) {
    this.#options = options;
  }

  /**
   * Takes a message.
   *
   * @param message - As it came.
   * @param now - ms UTC.
   */
  hear({ chat, time, text, isSecondHand }: ChatMessage, now: number): Heard {
    if (chat !== this.#options.chat) return this.#ignoreStranger(chat);
    const age = ageProblem(time, now, this.#options.startTime);
    if (age !== undefined) return { kind: 'dropped', what: `${shown(text)} (${age})` };
    if (isSecondHand) return { kind: 'dropped', what: `${shown(text)} (it was forwarded)` };
    if (!text.startsWith('/')) return { kind: 'ignored' };
    if (this.#isFlood(now)) return { kind: 'dropped', what: `${shown(text)} (too many at once)` };
    const [word = '', ...rest] = text.trim().split(/\s+/);
    const name = word.slice(1).split('@')[0]?.toLowerCase() ?? '';
    if (name === 'status' || name === 'trades') return { kind: name };
    if (name !== 'halt' && name !== 'resume' && name !== 'flatten') {
      return { kind: 'reply', text: CHAT_HELP };
    }
    return this.#order(name, rest, now);
  }

  #order(command: BotCommand, words: readonly string[], now: number): Heard {
    const code = words.find((word) => /^\d{4,}$/.test(word));
    const names = words.filter((word) => word !== code).map((word) => word.toUpperCase());
    const unknown = names.find((name) => !this.#options.symbols.includes(name));
    if (unknown !== undefined) {
      const text = `No bot trades ${shown(unknown)}. Available: ${this.#options.symbols.join(', ')}`;
      return { kind: 'reply', text };
    }
    const symbols = names.length === 0 ? this.#options.symbols : names;
    const wantsCode = command === 'flatten' || (command === 'resume' && this.#options.isLive);
    if (!wantsCode) return { kind: 'command', command, symbols };
    return code === undefined
      ? this.#ask(command, names, symbols, now)
      : this.#check(command, code, symbols, now);
  }

  #ask(
    command: BotCommand,
    names: readonly string[],
    symbols: readonly string[],
    now: number,
  ): Heard {
    const code = this.#options.code();
    this.#pending = { command, symbols, code, untilTime: now + CODE_MS, triesLeft: CODE_TRIES };
    const repeat = [`/${command}`, ...names, code].join(' ');
    return { kind: 'confirm', command, symbols, repeat };
  }

  #check(command: BotCommand, code: string, symbols: readonly string[], now: number): Heard {
    const pending = this.#pending;
    const isAsked =
      pending?.command === command &&
      pending.symbols.join() === symbols.join() &&
      now <= pending.untilTime;
    if (!isAsked) {
      const text = `No confirmation is pending: send /${command} without a code first. Nothing was done`;
      return { kind: 'reply', text };
    }
    if (pending.code === code) {
      this.#pending = undefined;
      return { kind: 'command', command, symbols };
    }
    pending.triesLeft--;
    if (pending.triesLeft === 0) this.#pending = undefined;
    const next = pending.triesLeft === 0 ? `; send /${command} again for another` : '';
    return { kind: 'reply', text: `Wrong code${next}. Nothing was done` };
  }

  #ignoreStranger(chat: string): Heard {
    if (this.#strangers.has(chat) || this.#strangers.size >= STRANGERS_MAX)
      return { kind: 'ignored' };
    this.#strangers.add(chat);
    const note = `Telegram: chat ${shown(chat)} wrote to the bot and was ignored; only chat ${this.#options.chat} may send commands`;
    return { kind: 'ignored', note };
  }

  #isFlood(now: number): boolean {
    while ((this.#times[0] ?? now) <= now - 60_000) this.#times.shift();
    if (this.#times.length >= MESSAGES_PER_MINUTE) return true;
    this.#times.push(now);
    return false;
  }
}

function ageProblem(time: number, now: number, startTime: number): string | undefined {
  // The service counts whole seconds.
  if (time + 999 < startTime) return 'it was sent before the trader started';
  const seconds = Math.round((now - time) / 1_000);
  if (now - time > MESSAGE_AGE_MS_MAX + 999) return `it is ${seconds} s old`;
  if (time - now > MESSAGE_AGE_MS_MAX)
    return `it is ${-seconds} s ahead of the clock of this machine`;
  return undefined;
}

/** The beginning of what somebody wrote. */
function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 30 ? `${line.slice(0, 29)}…` : line;
}
