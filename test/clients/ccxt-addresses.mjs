/**
 * Points every address of a ccxt client to a local exchange: its table of addresses, and nothing else.
 *
 * @param client - Client of `ccxt` or `ccxt.pro`.
 * @param exchange - `http://host:port`.
 */
export function redirectCcxt(client, exchange) {
  redirect(client.urls.api, exchange);
  return client;
}

function redirect(urls, exchange) {
  for (const [name, value] of Object.entries(urls)) {
    if (typeof value === 'object' && value !== null) {
      redirect(value, exchange);
    } else if (typeof value === 'string') {
      const { hostname, pathname } = new URL(value);
      const origin = value.startsWith('ws') ? exchange.replace('http', 'ws') : exchange;
      // By "/stream" in the address, else that of the host, ccxt knows what comes from spot.
      const mark = hostname.startsWith('stream.') ? '/stream' : '';
      urls[name] = origin + (pathname === '/' ? '' : pathname) + mark;
    }
  }
}
