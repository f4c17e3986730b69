import { expect } from 'vitest';

const LOOK_MS = 50;
/** Every question is asked this often before it counts as failed: a busy machine resets connections. */
const TRIES = 5;

/** The control interface of a local exchange, for who looks on. */
export class ExchangeControl {
  /** Of the exchange itself. */
  readonly url: string;

  /** @param url - Of the exchange itself. */
  constructor(url: string) {
    this.url = url;
  }

  /** Exchange time, ms UTC. */
  async time(): Promise<number> {
    return ((await this.get('status')) as { time: number }).time;
  }

  async get(what: string): Promise<unknown> {
    return JSON.parse(await this.#ask(what)) as unknown;
  }

  async post(what: string, body: object): Promise<void> {
    await this.#ask(what, { method: 'POST', body: JSON.stringify(body) });
  }

  async clearFault(name: string): Promise<void> {
    await this.#ask(`faults?name=${name}`, { method: 'DELETE' });
  }

  /** Waits until an armed fault has struck, at most so long: a market without trades sends no order. */
  async untilStruck(name: string, waitMs: number): Promise<void> {
    const isStruck = async (): Promise<boolean> => {
      const { armed } = (await this.get('faults')) as {
        armed: { name: string; struck: number }[];
      };
      return armed.every((rule) => rule.name !== name || rule.struck > 0);
    };
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline && !(await isStruck())) await sleep(LOOK_MS);
  }

  async #ask(what: string, init: RequestInit = {}): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        const answer = await fetch(`${this.url}/control/${what}`, init);
        const text = await answer.text();
        expect(answer.status, text).toBe(200);
        return text;
      } catch (error) {
        if (tries >= TRIES || !(error instanceof TypeError)) throw error;
        await sleep(tries * LOOK_MS);
      }
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
