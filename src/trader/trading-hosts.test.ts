import { describe, expect, test } from 'vitest';
import { hostKind, tradingHosts } from './trading-hosts.js';

describe('hostKind()', () => {
  test.each([
    ['https://api.binance.com', 'real'],
    ['https://api4.binance.com', 'real'],
    ['wss://stream.binance.com:9443', 'real'],
    ['https://fapi.binance.com', 'real'],
    ['https://data-api.binance.vision', 'real'],
    ['https://somewhere.example', 'real'],
    ['https://127.0.0.1.example.com', 'real'],
    ['https://testnet.binance.vision.example.com', 'real'],
    ['https://eviltestnet.binance.vision', 'real'],
    ['https://8.8.8.8', 'real'],
    ['https://testnet.binance.vision', 'practice'],
    ['https://API1.testnet.binance.vision', 'practice'],
    ['wss://ws-api.testnet.binance.vision/ws-api/v3', 'practice'],
    ['https://demo-api.binance.com', 'practice'],
    ['http://127.0.0.1:9180', 'local'],
    ['ws://localhost:9180', 'local'],
    ['http://[::1]:9180', 'local'],
    ['http://192.168.1.5:9180', 'local'],
    ['http://172.16.0.1', 'local'],
    ['http://172.32.0.1', 'real'],
  ] as const)('%s is %s', (url, kind) => {
    expect(hostKind(url)).toBe(kind);
  });

  test('refuses what is not an address', () => {
    expect(() => hostKind('127.0.0.1:9180')).toThrow('is not an address');
    expect(() => hostKind('ftp://127.0.0.1')).toThrow('is not an address');
  });
});

describe('tradingHosts()', () => {
  test('paper reads prices at hosts that take no orders', () => {
    expect(tradingHosts({ market: 'spot', mode: 'paper' })).toMatchObject({
      restUrl: 'https://data-api.binance.vision',
      streamUrl: 'wss://data-stream.binance.vision',
    });
  });

  test('testnet and live have their own hosts', () => {
    expect(tradingHosts({ market: 'spot', mode: 'testnet' }).restUrl).toBe(
      'https://testnet.binance.vision',
    );
    expect(tradingHosts({ market: 'spot', mode: 'live' }).restUrl).toBe('https://api.binance.com');
  });

  test('the addresses of a known environment belong together', () => {
    expect(
      tradingHosts({ market: 'spot', mode: 'testnet', restUrl: 'https://demo-api.binance.com' }),
    ).toMatchObject({ socketApiUrl: 'wss://demo-ws-api.binance.com/ws-api/v3' });
  });

  test('a local exchange needs one address', () => {
    expect(
      tradingHosts({ market: 'spot', mode: 'testnet', restUrl: 'http://127.0.0.1:9180/' }),
    ).toEqual({
      market: 'spot',
      restUrl: 'http://127.0.0.1:9180',
      streamUrl: 'ws://127.0.0.1:9180',
      socketApiUrl: 'ws://127.0.0.1:9180/ws-api/v3',
    });
    const wsUrl = 'ws://127.0.0.1:9181';
    expect(
      tradingHosts({ market: 'spot', mode: 'paper', restUrl: 'http://127.0.0.1:9180', wsUrl }),
    ).toEqual({
      market: 'spot',
      restUrl: 'http://127.0.0.1:9180',
      streamUrl: 'ws://127.0.0.1:9181',
      socketApiUrl: 'ws://127.0.0.1:9181/ws-api/v3',
    });
  });

  test.each([
    ['testnet', 'https://api.binance.com'],
    ['testnet', 'https://api1.binance.com'],
    ['testnet', 'https://unknown.example'],
  ] as const)('%s never reaches %s', (mode, restUrl) => {
    expect(() => tradingHosts({ market: 'spot', mode, restUrl })).toThrow('may trade real money');
  });

  test('USD-M has hosts of its own', () => {
    const hosts = (mode: 'paper' | 'testnet' | 'live', restUrl?: string) =>
      tradingHosts({ market: 'usdm', mode, restUrl });
    expect(hosts('paper').restUrl).toBe('https://fapi.binance.com');
    expect(hosts('testnet').restUrl).toBe('https://demo-fapi.binance.com');
    expect(hosts('live').streamUrl).toBe('wss://fstream.binance.com');
    expect(hosts('testnet', 'http://127.0.0.1:9180')).toEqual({
      market: 'usdm',
      restUrl: 'http://127.0.0.1:9180',
      streamUrl: 'ws://127.0.0.1:9180',
      keyUrl: 'http://127.0.0.1:9180',
    });
    expect(() => hosts('testnet', 'https://fapi.binance.com')).toThrow('may trade real money');
  });

  test('live is refused at play money, and worlds are not mixed', () => {
    expect(() =>
      tradingHosts({ market: 'spot', mode: 'live', restUrl: 'http://127.0.0.1:9180' }),
    ).toThrow('is not a real exchange: omit --rest-url, or use --mode testnet');
    const wsUrl = 'wss://stream.binance.com:9443';
    expect(() =>
      tradingHosts({ market: 'spot', mode: 'testnet', restUrl: 'http://127.0.0.1:9180', wsUrl }),
    ).toThrow('different environments: give two addresses of the same exchange');
    expect(() => tradingHosts({ market: 'spot', mode: 'testnet', wsUrl })).toThrow(
      'different environments: give two addresses of the same exchange',
    );
  });
});
