export { type Alert, BotRunner, type RunnerOptions, type RunnerPorts } from './bot-runner.js';
export { fetchClosedCandles } from './fetch-closed-candles.js';
