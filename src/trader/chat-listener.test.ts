import { describe, expect, test } from 'vitest';
import { ChatListener, type ChatMessage } from './chat-listener.js';

const START = Date.UTC(2026, 0, 1, 12, 0, 0, 500);
const NOW = START + 600_000;

function listener(isLive = false) {
  let codes = 4_710;
  const chat = new ChatListener({
    ...{ chat: '77', startTime: START, isLive, symbols: ['BTCUSDT', 'ETHUSDT'] },
    code: () => String(++codes),
  });
  return (text: string, part: Partial<ChatMessage> = {}, now = NOW) =>
    chat.hear({ chat: '77', time: now, text, isSecondHand: false, ...part }, now);
}

describe('what is said at once', () => {
  test.each([
    ['/status', { kind: 'status' }],
    ['/status@MyWusBot', { kind: 'status' }],
    ['/TRADES', { kind: 'trades' }],
    ['/halt', { kind: 'command', command: 'halt', symbols: ['BTCUSDT', 'ETHUSDT'] }],
    [' /halt'.trim(), { kind: 'command', command: 'halt', symbols: ['BTCUSDT', 'ETHUSDT'] }],
    ['/halt ethusdt', { kind: 'command', command: 'halt', symbols: ['ETHUSDT'] }],
    ['/resume', { kind: 'command', command: 'resume', symbols: ['BTCUSDT', 'ETHUSDT'] }],
    ['hello', { kind: 'ignored' }],
  ])('%s', (text, heard) => {
    expect(listener()(text)).toEqual(heard);
  });

  test.each([
    ['/start', /\/flatten \[SYMBOL\]/],
    ['/haltt', /\/status: status/],
    ['/halt XRPUSDT', /^No bot trades XRPUSDT\. Available: BTCUSDT, ETHUSDT$/],
  ])('%s is answered and does nothing', (text, words) => {
    const heard = listener()(text);
    expect(heard.kind === 'reply' ? heard.text : heard.kind).toMatch(words);
  });
});

describe('what wants a repeat with a code', () => {
  test.each([
    ['/flatten', false],
    ['/flatten ETHUSDT', false],
    ['/flatten', true],
    ['/resume', true],
    ['/resume BTCUSDT', true],
  ])('%s (live: %s)', (text, isLive) => {
    const hear = listener(isLive);
    const asked = hear(text);
    expect(asked).toMatchObject({ kind: 'confirm', repeat: `${text} 4711` });
    const done = hear(`${text} 4711`);
    expect(done).toMatchObject({ kind: 'command', command: text.split(' ')[0]!.slice(1) });
    expect(hear(`${text} 4711`).kind, 'a code is good once').toBe('reply');
  });

  test.each<[string, string, number]>([
    ['a wrong code', '/flatten 1234', 1_000],
    ['a code that is too old', '/flatten 4711', 61_000],
    ['the code of another command', '/resume 4711', 1_000],
    ['the code for all, for one', '/flatten BTCUSDT 4711', 1_000],
  ])('%s does nothing', (_, text, afterMs) => {
    const hear = listener(true);
    hear('/flatten');
    expect(hear(text, {}, NOW + afterMs).kind).toBe('reply');
  });

  test('a code cannot be guessed: three tries', () => {
    const hear = listener();
    hear('/flatten');
    for (const code of ['1000', '1001', '1002'])
      expect(hear(`/flatten ${code}`).kind).toBe('reply');
    expect(hear('/flatten 4711').kind).toBe('reply');
    expect(hear('/flatten').kind).toBe('confirm');
    expect(hear('/flatten 4712').kind).toBe('command');
  });
});

describe('what is not obeyed', () => {
  test.each<[string, Partial<ChatMessage>, RegExp]>([
    ['sent before the start', { time: START - 1_500 }, /sent before the trader started/],
    ['62 s old', { time: NOW - 62_000 }, /it is 62 s old/],
    ['of a clock that is ahead', { time: NOW + 90_000 }, /90 s ahead of the clock of this machine/],
    ['forwarded', { isSecondHand: true }, /forwarded/],
  ])('a message that is %s is dropped and named', (_, part, words) => {
    const heard = listener()('/halt', part);
    expect(heard.kind === 'dropped' ? heard.what : heard.kind).toMatch(words);
  });

  test('one sent in the second of the start is obeyed: the service counts whole seconds', () => {
    const time = Math.floor(START / 1_000) * 1_000;
    expect(listener()('/halt', { time }, START + 2_000).kind).toBe('command');
  });

  test('other chats are ignored, and reported once each', () => {
    const hear = listener();
    const first = hear('/flatten', { chat: '78' });
    expect(first.kind === 'ignored' ? first.note : '').toMatch(
      /chat 78 .* only chat 77 may send commands/,
    );
    expect(hear('/flatten', { chat: '78' })).toEqual({ kind: 'ignored' });
    const other = hear('/flatten', { chat: '-77' });
    expect(other.kind === 'ignored' ? other.note : '').toMatch(/chat -77/);
    const notes = Array.from({ length: 100 }, (_, i) => hear('/halt', { chat: `9${i}` })).filter(
      (heard) => heard.kind === 'ignored' && heard.note !== undefined,
    );
    expect(notes.length).toBeLessThanOrEqual(20);
  });

  test('a flood is dropped', () => {
    const hear = listener();
    const kinds = Array.from({ length: 30 }, () => hear('/status').kind);
    expect(kinds.filter((kind) => kind === 'status')).toHaveLength(20);
    expect(kinds.at(-1)).toBe('dropped');
    expect(hear('/status', {}, NOW + 61_000).kind).toBe('status');
  });
});
