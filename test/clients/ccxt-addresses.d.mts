import type { Exchange } from 'ccxt';

/** Points every address of a ccxt client to a local exchange at `http://host:port`. */
export function redirectCcxt<Client extends Pick<Exchange, 'urls'>>(
  client: Client,
  exchange: string,
): Client;
