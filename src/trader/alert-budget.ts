import type { AlertMessage } from './alert-targets.js';

/** A message before it is known whether it leaves. */
export interface AlertNews extends AlertMessage {
  /** What is said again and again has one topic, whatever its numbers. */
  readonly topic: string;
  /** Whose news it is: the alarms of one bot leave room for those of the others. */
  readonly source: string;
}

/** Notices, that is all but alarms, in a minute; more are counted. */
export const NOTICES_PER_MINUTE = 15;
/** Alarms in a minute beside them, of all sources and of one. */
export const ALARMS_PER_MINUTE = 15;
export const ALARMS_PER_SOURCE = 5;
/** Alarms that wait for the next minute. */
const HELD_MAX = 50;
const MINUTE_MS = 60_000;
/** A repeat is not sent but counted, at first for a minute, then twice as long each time. */
const REPEAT_MS_MIN = MINUTE_MS;
const REPEAT_MS_MAX = 60 * MINUTE_MS;
const TOPICS_MAX = 500;

interface Topic {
  readonly windowMs: number;
  readonly untilTime: number;
  /** Repeats since the last message. */
  readonly count: number;
  readonly newest: AlertNews;
}

/**
 * Decides which messages leave, and when. Notices never use up what is kept for alarms; one source never uses up what is kept
 * for the others; what repeats itself is said once, and later how often.
 */
export class AlertBudget {
  readonly #topics = new Map<string, Topic>();
  readonly #noticeTimes: number[] = [];
  readonly #alarms: { readonly time: number; readonly source: string }[] = [];
  readonly #held: AlertNews[] = [];
  #skipped = 0;
  #skippedTime = 0;

  /**
   * Takes news.
   *
   * @param news - What somebody says.
   * @param now - ms.
   * @returns The message to send now, if any.
   */
  take(news: AlertNews, now: number): AlertMessage | undefined {
    const isNotice = news.level !== 'alarm';
    const isOnce = news.level === 'info';
    const topic = this.#topics.get(news.topic);
    if (!isOnce && topic !== undefined && now < topic.untilTime) {
      this.#topics.set(news.topic, { ...topic, count: topic.count + 1, newest: news });
      return undefined;
    }
    if (!this.#spend(news, now)) {
      if (isNotice || this.#held.length >= HELD_MAX) this.#skip(now);
      else this.#hold(news, now);
      return undefined;
    }
    if (!isOnce) this.#open(news, REPEAT_MS_MIN, now);
    return this.#message(news);
  }

  /** What has waited for long enough: alarms that were too many, how often others came again, and what was not sent. */
  due(now: number): readonly AlertMessage[] {
    const messages: AlertMessage[] = [];
    const waiting = this.#held.splice(0);
    for (const news of waiting) {
      if (!this.#spend(news, now)) this.#held.push(news);
      else {
        this.#open(news, REPEAT_MS_MIN, now);
        messages.push(this.#message(news));
      }
    }
    for (const [key, topic] of this.#topics) {
      if (now < topic.untilTime) continue;
      if (topic.count === 0) this.#topics.delete(key);
      else messages.push(this.#repeats(key, topic, now));
    }
    if (this.#skipped > 0 && now >= this.#skippedTime + MINUTE_MS) {
      const text = `${this.#skipped} messages were not sent because of the rate limit: see the log`;
      this.#skipped = 0;
      messages.push({ level: 'warning', text });
    }
    return messages;
  }

  /** All that `due` would return later, for the end. */
  rest(now: number): readonly AlertMessage[] {
    const held = this.#held.splice(0).map((news) => this.#message(news));
    const repeats = [...this.#topics]
      .filter(([, { count }]) => count > 0)
      .map(([key, topic]) => this.#repeats(key, topic, now));
    return [...held, ...repeats];
  }

  /** When `due` may return something, ms; `undefined` while nothing waits. */
  get dueTime(): number | undefined {
    const times = [...this.#topics.values()].map(({ untilTime }) => untilTime);
    if (this.#skipped > 0) times.push(this.#skippedTime + MINUTE_MS);
    if (this.#held.length > 0) times.push((this.#alarms[0]?.time ?? 0) + MINUTE_MS);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Whether there is room; if so it is used. */
  #spend({ level, source }: AlertNews, now: number): boolean {
    const since = now - MINUTE_MS;
    while ((this.#noticeTimes[0] ?? now) <= since) this.#noticeTimes.shift();
    while ((this.#alarms[0]?.time ?? now) <= since) this.#alarms.shift();
    if (level === 'alarm') {
      const own = this.#alarms.filter((alarm) => alarm.source === source).length;
      if (own >= ALARMS_PER_SOURCE || this.#alarms.length >= ALARMS_PER_MINUTE) return false;
      this.#alarms.push({ time: now, source });
      return true;
    }
    if (this.#noticeTimes.length >= NOTICES_PER_MINUTE) return false;
    this.#noticeTimes.push(now);
    return true;
  }

  /** Its repeats are counted meanwhile. */
  #hold(news: AlertNews, now: number): void {
    this.#held.push(news);
    this.#open(news, REPEAT_MS_MIN, now);
  }

  #open(news: AlertNews, windowMs: number, now: number): void {
    if (this.#topics.size >= TOPICS_MAX) {
      const [oldest] = this.#topics.keys();
      if (oldest !== undefined) this.#topics.delete(oldest);
    }
    this.#topics.set(news.topic, { windowMs, untilTime: now + windowMs, count: 0, newest: news });
  }

  #repeats(key: string, { count, windowMs, newest }: Topic, now: number): AlertMessage {
    const next = Math.min(windowMs * 2, REPEAT_MS_MAX);
    this.#topics.delete(key);
    this.#open(newest, next, now);
    const minutes = Math.round(windowMs / MINUTE_MS);
    const text = `${newest.text} … and ${count} more in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}`;
    return { level: newest.level, text };
  }

  #skip(now: number): void {
    if (this.#skipped === 0) this.#skippedTime = now;
    this.#skipped++;
  }

  #message({ level, text }: AlertNews): AlertMessage {
    const more = this.#skipped === 0 ? '' : `\n(${this.#skipped} more were not sent)`;
    this.#skipped = 0;
    return { level, text: `${text}${more}` };
  }
}

/**
 * Returns a text without its numbers: news that differ in numbers alone are one topic. Digits of names (`1000PEPEUSDT`,
 * `BTCUSDT_250926`) stay.
 *
 * @param text - Any.
 */
export function withoutNumbers(text: string): string {
  return text.replace(/(?<![\w.-])[-+]?\d+(?:[.,:/-]\d+)*(?!\w)/g, '#');
}
