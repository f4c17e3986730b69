/** What can be made to go wrong with requests and events. */
export const FAULTS = {
  'request-lost': 'the connection is cut, nothing is executed',
  'reply-lost': 'executed, then the connection is cut',
  'unknown-executed': 'executed, then answered with a 5xx that leaves it open',
  'unknown-not-executed': 'not executed, answered in the same way',
  'bad-gateway': 'not executed, answered with 502 and HTML of the load balancer',
  'reply-late': 'executed, answered after a second and a half',
  lagging: 'a replica has not heard of the order yet',
  'event-lost': 'a user event is not sent',
  'event-twice': 'a user event is sent twice',
} as const;

export type FaultName = keyof typeof FAULTS;

interface Armed {
  readonly name: FaultName;
  readonly match: string;
  left: number;
}

/** Armed faults: each strikes so many times where its text is part of the target. */
export class Faults {
  #armed: Armed[] = [];
  /** What struck, oldest first. */
  readonly struck: string[] = [];

  arm(name: FaultName, match = '', count = 1): void {
    this.#armed.push({ name, match, left: count });
  }

  /** Faults that wait for their chance. */
  get waiting(): number {
    return this.#armed.length;
  }

  strikes(name: FaultName, target: string): boolean {
    const fault = this.#armed.find((one) => one.name === name && target.includes(one.match));
    if (fault === undefined) return false;
    fault.left--;
    if (fault.left <= 0) this.#armed = this.#armed.filter((one) => one !== fault);
    this.struck.push(`${name} ${target}`);
    return true;
  }

  clear(): void {
    this.#armed = [];
  }
}
