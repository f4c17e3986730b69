// ARCHITECTURE.md draws the state machines of the trader from their tables: `--update` writes them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  FIRST_STATE,
  nextState,
  ORDER_LIFECYCLE,
  type OrderEvent,
} from '../src/live/core/order-lifecycle.js';
import { type PositionStage, STAGES_AFTER } from '../src/live/core/position-stage.js';
import { repositoryRoot } from './e2e/wus.js';

const PAGE = path.join(repositoryRoot, 'ARCHITECTURE.md');
const STATES = ['sending', 'unknown', 'open', 'ended'] as const;
const EVENTS = Object.keys(ORDER_LIFECYCLE) as OrderEvent[];

/** Every event in every state: what stays is a dot, what cannot happen a cross. */
function orderTable(): string {
  const rows = EVENTS.map((event) => {
    const cells = STATES.map((state) => {
      const next = nextState(state, event);
      return next === undefined ? '✗' : next === state ? '·' : next;
    });
    return `| ${event} | ${cells.join(' | ')} |`;
  });
  return [`| event | ${STATES.join(' | ')} |`, '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The changes of state, each with the events that lead to it. */
function orderDiagram(): string {
  const births = Object.entries(FIRST_STATE).map(([how, state]) => `    [*] --> ${state}: ${how}`);
  const changes = STATES.flatMap((from) =>
    [...STATES, 'removed' as const].flatMap((to) => {
      const events = EVENTS.filter((event) => from !== to && nextState(from, event) === to);
      const target = to === 'removed' ? '[*]' : to;
      return events.length === 0 ? [] : [`    ${from} --> ${target}: ${events.join(', ')}`];
    }),
  );
  return diagram([...births, ...changes]);
}

function stageDiagram(): string {
  const stages = Object.keys(STAGES_AFTER) as PositionStage[];
  const changes = stages.flatMap((from) => STAGES_AFTER[from].map((to) => `    ${from} --> ${to}`));
  return diagram(['    [*] --> flat', ...changes]);
}

const diagram = (lines: readonly string[]): string =>
  ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n');

/** The page with a drawing between its two marks. */
function withDrawing(page: string, name: string, drawing: string): string {
  const marks = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  if (!marks.test(page)) throw new Error(`ARCHITECTURE.md has no place for ${name}`);
  return page.replace(marks, (_, begin: string, end: string) => `${begin}\n${drawing}\n\n${end}`);
}

test('ARCHITECTURE.md draws the life of an order and the stages of a position as their tables have them', async () => {
  let page = readFileSync(PAGE, 'utf8');
  page = withDrawing(page, 'order lifecycle', `${orderTable()}\n\n${orderDiagram()}`);
  page = withDrawing(page, 'position stages', stageDiagram());
  await expect(page).toMatchFileSnapshot(PAGE);
});

test('every stage can be reached, and left', () => {
  const stages = Object.keys(STAGES_AFTER) as PositionStage[];
  for (const stage of stages) {
    expect(STAGES_AFTER[stage].length).toBeGreaterThan(0);
    expect(STAGES_AFTER[stage]).not.toContain(stage);
    expect(stages.some((from) => STAGES_AFTER[from].includes(stage))).toBe(true);
  }
});
