export { DOWNLOAD_SOURCES, type DownloadSource } from './download-plan.js';
export type { SeriesSummary } from './fetch-candles.js';
export { type FetchDataOptions, type FetchDataSummary, fetchData } from './fetch-data.js';
export { readFundingRates } from './fetch-funding.js';
