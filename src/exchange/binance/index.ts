export { type FetchFunction, HttpClient, type HttpClientOptions } from './http-client.js';
export { userEvent } from './mapper.js';
export { restCandleSource } from './rest-candle-source.js';
export { ed25519Signer, hmacSigner, type Signer } from './signing.js';
export { type OpenSocket, openWebSocket, type SocketEvents, type SocketHandle } from './socket.js';
export {
  localHosts,
  SPOT_HOSTS,
  type SpotAdapter,
  type SpotAdapterOptions,
  type SpotHosts,
  spotAdapter,
} from './spot-adapter.js';
export { type EndpointCaller, spotBroker } from './spot-broker.js';
export { systemClock } from './system-clock.js';
export {
  localUsdmHosts,
  USDM_HOSTS,
  type UsdmAdapter,
  type UsdmAdapterOptions,
  type UsdmHosts,
  usdmAdapter,
} from './usdm-adapter.js';
export { type UsdmBrokerOptions, usdmBroker } from './usdm-broker.js';
export { UsdmEventMapper } from './usdm-mapper.js';
