import type { Exchange } from 'ccxt';
import type { ExchangeServer } from '../../src/exchange/index.js';

/** Points every address of a ccxt client to the local exchange. */
export function redirectCcxt(client: Pick<Exchange, 'urls'>, target: ExchangeServer): void {
  redirect(client.urls.api as Record<string, unknown>, target);
}

function redirect(urls: Record<string, unknown>, target: ExchangeServer): void {
  for (const [name, value] of Object.entries(urls)) {
    if (typeof value === 'object' && value !== null) {
      redirect(value as Record<string, unknown>, target);
    } else if (typeof value === 'string') {
      const { pathname } = new URL(value);
      const origin = value.startsWith('ws') ? target.url.replace('http', 'ws') : target.url;
      urls[name] = origin + (pathname === '/' ? '' : pathname);
    }
  }
}
