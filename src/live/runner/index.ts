export { type Alert, BotRunner, type RunnerOptions, type RunnerPorts } from './bot-runner.js';
