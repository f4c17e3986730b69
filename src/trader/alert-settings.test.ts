import { expect, test } from 'vitest';
import { alertSettings } from './alert-settings.js';

test('reads every target and what must stay secret', () => {
  expect(
    alertSettings({
      WUS_ALERT_WEBHOOK: ' https://hooks.example/services/T0/B0 ',
      WUS_TELEGRAM_TOKEN: '4711:AAtoken',
      WUS_TELEGRAM_CHAT: '-100',
      WUS_TELEGRAM_URL: 'http://127.0.0.1:8081',
      WUS_DISCORD_WEBHOOK: 'https://discord.com/api/webhooks/1/abc',
      WUS_NTFY_URL: 'https://ntfy.sh/mine',
      WUS_NTFY_TOKEN: 'tk_1',
    }),
  ).toEqual({
    targets: {
      webhookUrl: 'https://hooks.example/services/T0/B0',
      telegram: { token: '4711:AAtoken', chat: '-100', apiUrl: 'http://127.0.0.1:8081' },
      discordUrl: 'https://discord.com/api/webhooks/1/abc',
      ntfy: { url: 'https://ntfy.sh/mine', token: 'tk_1' },
    },
    secrets: [
      'https://hooks.example/services/T0/B0',
      'https://discord.com/api/webhooks/1/abc',
      'https://ntfy.sh/mine',
      '/services/T0/B0',
      '/api/webhooks/1/abc',
      '4711:AAtoken',
      'tk_1',
    ],
  });
  expect(alertSettings({ WUS_ALERT_WEBHOOK: '' })).toEqual({ targets: {}, secrets: [] });
});

test.each<[string, Record<string, string>, RegExp]>([
  ['a token without a chat', { WUS_TELEGRAM_TOKEN: '1:secret' }, /needs both/],
  ['a chat without a token', { WUS_TELEGRAM_CHAT: '7' }, /needs both/],
  [
    'a token in quotes',
    { WUS_TELEGRAM_TOKEN: '"1:secret"', WUS_TELEGRAM_CHAT: '7' },
    /^WUS_TELEGRAM_TOKEN is not a token/,
  ],
  [
    'no address',
    { WUS_ALERT_WEBHOOK: 'hooks.example/secret' },
    /^WUS_ALERT_WEBHOOK is not an addr/,
  ],
  ['a file', { WUS_NTFY_URL: 'file:///secret' }, /^WUS_NTFY_URL is not an address/],
  [
    'no Discord address',
    { WUS_DISCORD_WEBHOOK: 'secret' },
    /^WUS_DISCORD_WEBHOOK is not an address/,
  ],
  ['no API address', { WUS_TELEGRAM_URL: 'secret' }, /^WUS_TELEGRAM_URL is not an address/],
  ['a token of ntfy alone', { WUS_NTFY_TOKEN: 'secret' }, /needs WUS_NTFY_URL/],
])('%s is refused and not shown', (_, environment, words) => {
  const refused = (): unknown => alertSettings(environment);
  expect(refused).toThrow(words);
  expect(refused).not.toThrow(/secret/);
});
