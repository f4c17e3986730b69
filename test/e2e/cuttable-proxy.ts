import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A wire that can be cut: every byte between a client and a server passes through it. A cut wire refuses and resets connections;
 * a held one keeps them open and passes nothing on until it is let go, like a route that is down.
 */
export class CuttableProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #targetPort: number;
  #state: 'whole' | 'cut' | 'held' = 'whole';

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer({ pauseOnConnect: true }, (client) => this.#join(client));
  }

  /** Opens a wire to a port of this machine, on a free port. */
  static async open(targetPort: number): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections are reset, new ones too. */
  cut(): void {
    this.#state = 'cut';
    for (const [client, target] of this.#pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  /** Connections stay, new ones are taken, nothing arrives. */
  hold(): void {
    this.#state = 'held';
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  /** What was held arrives now. */
  mend(): void {
    this.#state = 'whole';
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const target = connect(this.#targetPort, '127.0.0.1');
    target.on('error', () => undefined);
    const pair = [client, target] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [target, client] as const]) {
      from.on('data', (bytes: Buffer) => void to.write(bytes));
      from.on('end', () => to.end());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#state === 'held') from.pause();
      else from.resume();
    }
  }
}
