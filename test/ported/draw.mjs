// Draws the public strategies that docs/reference/public-strategies.md judges: `node test/ported/draw.mjs [seed]`.
import { existsSync, readFileSync } from 'node:fs';

const INDEX = '../shared/vectors/strategies/index.json';
const DRAWN = 40;
const SPARES = 10;
const seed = Number(process.argv[2] ?? 20261201);

if (existsSync(INDEX)) print(draw(JSON.parse(readFileSync(INDEX, 'utf8'))));
else console.warn(`SKIPPED: the list of public strategies, because ${INDEX} is missing`);

/**
 * Draws without replacement, in proportion to the features: each is in the sample as often as in the list (rounded, at least once),
 * the rarest first; what is missing then comes from the whole list, and so do the spares.
 */
function draw(strategies) {
  const order = shuffled(strategies);
  const total = countFeatures(strategies);
  const drawn = [];
  const has = (feature) => drawn.filter(({ features }) => features.includes(feature)).length;
  const rarestFirst = [...total].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  for (const [feature, count] of rarestFirst) {
    const quota = Math.max(1, Math.round((DRAWN * count) / strategies.length));
    for (const one of order) {
      if (has(feature) >= quota || drawn.length === DRAWN) break;
      if (one.features.includes(feature) && !drawn.includes(one)) drawn.push(one);
    }
  }
  const rest = order.filter((one) => !drawn.includes(one));
  while (drawn.length < DRAWN) drawn.push(rest.shift());
  return { strategies, drawn, spares: rest.slice(0, SPARES) };
}

function print({ strategies, drawn, spares }) {
  console.log(
    `seed ${seed}: ${drawn.length} of ${strategies.length}, then ${spares.length} spares`,
  );
  for (const one of [...drawn, ...spares]) {
    const mark = spares.includes(one) ? 'spare ' : '';
    console.log(`${mark}${one.repository} ${one.path} [${one.features.join(', ')}]`);
  }
  const inSample = countFeatures(drawn);
  console.log('feature: in the sample, in the list');
  for (const [feature, count] of countFeatures(strategies)) {
    console.log(`${feature}: ${inSample.get(feature) ?? 0}, ${count}`);
  }
}

function countFeatures(strategies) {
  const counts = new Map();
  for (const feature of strategies.flatMap(({ features }) => features)) {
    counts.set(feature, (counts.get(feature) ?? 0) + 1);
  }
  return counts;
}

/** Fisher and Yates, by the generator mulberry32. */
function shuffled(values) {
  const result = [...values];
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = result.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [result[i], result[k]] = [result[k], result[i]];
  }
  return result;
}
