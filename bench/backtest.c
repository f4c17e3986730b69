/*
 * The yardstick: a plain loop over candles by the rules of src/semantics/SEMANTICS.md, one combination after the other.
 *
 *   gcc -O3 -march=native -ffp-contract=off -o backtest bench/backtest.c -lm
 *   ./backtest INPUT OUTPUT REPEATS
 *
 * INPUT (doubles of this machine, then bytes): n from to signals rules timeframe_ms, then the columns open_time open high low close
 * (n doubles each), then the rule sets (RULE doubles each), then per signal n bytes of signals (-1 0 1) and n bytes of entry mask.
 * Every signal runs with every rule set. OUTPUT: METRIC doubles per combination, then TRADE doubles per trade of the first combination.
 * Standard output: CPU seconds of each repeat, loading and writing excluded.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { HEADER = 6, RULE = 15, METRIC = 10, TRADE = 7 };

typedef struct {
  double long_ok, short_ok, initial_balance, units, fraction, leverage, overdraft, commission, slippage;
  double stop_loss, take_profit, trailing, exit_on_neutral, new_signal, max_loss;
} Rules;

typedef struct {
  double final_balance, trades, wins, profit_factor, max_drawdown, sharpe, commission, skipped, in_market, expectancy;
} Metrics;

static int64_t n, from, to;
static double timeframe;
static const double *open_time, *open_, *high, *low, *close_;
static int32_t *day;     /* UTC day of each candle, from the first of the period on */
static uint8_t *gap;     /* the candle opens later than the one before ends */
static double *day_end;  /* equity at the end of each day */
static double *trade_out;
static int64_t trade_count;

static Metrics backtest(const int8_t *signal, const uint8_t *mask, const Rules *r, int log_trades) {
  const double rate = r->commission, slip = r->slippage;
  const double sl = r->stop_loss, tp = r->take_profit, tsl = r->trailing;
  double balance = r->initial_balance, peak_equity = balance, max_drawdown = 0;
  double cumulative = 0, wins_sum = 0, losses_sum = 0, commission_sum = 0, return_sum = 0;
  int64_t trades = 0, wins = 0, skipped = 0, in_market = 0;
  int side = 0, blocked = 0, tripped = 0;
  int exit_decided = 0, entry_decided = 0;
  double entry = 0, quantity = 0, entry_commission = 0, stop_level = 0, target = 0, ruin = 0, peak = 0;
  int64_t entry_index = 0;
  const int64_t last = to - 1;

#define CLOSE(price_, i_)                                                              \
  do {                                                                                 \
    const double price = (price_);                                                     \
    const double exit_commission = price * quantity * rate;                            \
    const double gross = side * (price - entry) * quantity;                            \
    const double net = gross - (entry_commission + exit_commission);                   \
    balance = balance + (gross - exit_commission);                                     \
    cumulative += net;                                                                 \
    commission_sum += entry_commission + exit_commission;                              \
    return_sum += (100 * net) / (entry * quantity);                                    \
    trades++;                                                                          \
    if (net > 0) { wins++; wins_sum += net; } else losses_sum += net;                  \
    if (cumulative <= -r->max_loss) tripped = 1;                                       \
    if (log_trades) {                                                                  \
      double *row = trade_out + TRADE * trade_count++;                                 \
      row[0] = (double)entry_index; row[1] = (double)(i_); row[2] = entry;             \
      row[3] = price; row[4] = quantity; row[5] = net; row[6] = balance;               \
    }                                                                                  \
    side = 0;                                                                          \
  } while (0)

  for (int64_t i = from; i < to; i++) {
    const double o = open_[i], h = high[i], l = low[i], c = close_[i];
    if (exit_decided) CLOSE(o * (1 + -side * slip), i);
    if (entry_decided && !gap[i] && !tripped && (balance > 0 || r->overdraft)) {
      const int d = entry_decided;
      const double price = o * (1 + d * slip);
      const double q = r->units > 0 ? r->units : (balance * r->fraction * r->leverage) / (price * (1 + rate));
      const double commission = price * q * rate;
      if (!r->overdraft && !(price * q + commission <= balance * r->leverage * (1 + 1e-9))) {
        skipped++;
      } else {
        balance -= commission;
        side = d; entry = price; quantity = q; entry_commission = commission; entry_index = i; peak = price;
        const double never = d > 0 ? -INFINITY : INFINITY;
        stop_level = sl > 0 ? price * (1 - d * sl) : never;
        target = tp > 0 ? price * (1 + d * tp) : -never;
        ruin = r->overdraft ? never : price - (d * balance) / q;
      }
    }
    if (side > 0) {
      double stop = stop_level > ruin ? stop_level : ruin;
      if (tsl > 0) { const double t = peak * (1 - tsl); if (t > stop) stop = t; }
      double exit = 0;
      if (o <= stop) exit = o * (1 - slip);
      else if (o >= target) exit = o;
      else if (l <= stop) exit = stop * (1 - slip);
      else if (h >= target) exit = target;
      else if (h > peak) peak = h;
      if (exit != 0) { blocked = 1; CLOSE(exit, i); }
    } else if (side < 0) {
      double stop = stop_level < ruin ? stop_level : ruin;
      if (tsl > 0) { const double t = peak * (1 + tsl); if (t < stop) stop = t; }
      double exit = 0;
      if (o >= stop) exit = o * (1 + slip);
      else if (o <= target) exit = o;
      else if (h >= stop) exit = stop * (1 + slip);
      else if (l <= target) exit = target;
      else if (l < peak) peak = l;
      if (exit != 0) { blocked = -1; CLOSE(exit, i); }
    }
    if (i == last && side != 0) CLOSE(c * (1 + -side * slip), i);

    double equity = balance;
    if (side != 0) { equity = balance + side * (c - entry) * quantity; in_market++; }
    if (equity > peak_equity) peak_equity = equity;
    else {
      const double drawdown = (peak_equity - equity) / peak_equity;
      if (drawdown > max_drawdown) max_drawdown = drawdown;
    }
    day_end[day[i]] = equity;

    const int s = signal[i];
    if (s != blocked || !r->new_signal) blocked = 0;
    exit_decided = 0;
    entry_decided = 0;
    if (side == 0 || (s != 0 && s != side)) {
      exit_decided = side != 0;
      if (s > 0 && s != blocked && (mask[i] & 1) && r->long_ok != 0) entry_decided = 1;
      if (s < 0 && s != blocked && (mask[i] & 2) && r->short_ok != 0) entry_decided = -1;
    } else if (s == 0 && r->exit_on_neutral != 0) {
      exit_decided = 1;
    }
  }

  /* S-50: days without candles carry the value before; candles of a day or more return per candle. */
  const int64_t days = day[last] + 1;
  double before = r->initial_balance, sum = 0, squares = 0;
  for (int64_t d = 0; d < days; d++) {
    if (isnan(day_end[d])) day_end[d] = before;
    sum += before > 0 ? day_end[d] / before - 1 : 0;
    before = day_end[d];
  }
  const double mean = sum / (double)days;
  before = r->initial_balance;
  for (int64_t d = 0; d < days; d++) {
    const double x = (before > 0 ? day_end[d] / before - 1 : 0) - mean;
    squares += x * x;
    before = day_end[d];
  }
  const double per_year = timeframe >= 86400000 ? 365.0 * 86400000 / timeframe : 365;
  const double deviation = days < 2 ? 0 : sqrt(squares / (double)(days - 1));
  Metrics m;
  m.final_balance = balance;
  m.trades = (double)trades;
  m.wins = (double)wins;
  m.profit_factor = losses_sum == 0 ? (wins_sum > 0 ? INFINITY : 0) : wins_sum / fabs(losses_sum);
  m.max_drawdown = max_drawdown;
  m.sharpe = deviation == 0 ? 0 : mean / deviation * sqrt(per_year);
  m.commission = commission_sum;
  m.skipped = (double)skipped;
  m.in_market = (double)in_market;
  m.expectancy = trades == 0 ? 0 : return_sum / (double)trades;
  return m;
}

static void *read_all(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) { perror(path); exit(1); }
  fseek(file, 0, SEEK_END);
  const long size = ftell(file);
  rewind(file);
  void *data = malloc((size_t)size);
  if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) { fprintf(stderr, "cannot read %s\n", path); exit(1); }
  fclose(file);
  return data;
}

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void prepare_days(int64_t *days) {
  day = calloc((size_t)n, sizeof *day);
  gap = calloc((size_t)n, 1);
  const double first = floor(open_time[from] / 86400000);
  for (int64_t i = from; i < to; i++) {
    day[i] = (int32_t)(timeframe >= 86400000 ? (double)(i - from) : floor(open_time[i] / 86400000) - first);
    gap[i] = i > 0 && open_time[i] > open_time[i - 1] + timeframe;
  }
  *days = day[to - 1] + 1;
  day_end = malloc((size_t)*days * sizeof *day_end);
}

int main(int argc, char **argv) {
  if (argc != 4) { fprintf(stderr, "usage: backtest INPUT OUTPUT REPEATS\n"); return 2; }
  const double *input = read_all(argv[1]);
  n = (int64_t)input[0]; from = (int64_t)input[1]; to = (int64_t)input[2];
  const int64_t signals = (int64_t)input[3], rule_sets = (int64_t)input[4];
  timeframe = input[5];
  open_time = input + HEADER; open_ = open_time + n; high = open_ + n; low = high + n; close_ = low + n;
  const Rules *rules = (const Rules *)(close_ + n);
  const int8_t *bytes = (const int8_t *)(close_ + n + RULE * rule_sets);
  Metrics *metrics = malloc((size_t)(signals * rule_sets) * sizeof *metrics);
  trade_out = malloc((size_t)(to - from + 1) * TRADE * sizeof *trade_out);
  int64_t days;
  prepare_days(&days);
  for (int64_t repeat = 0; repeat < atoll(argv[3]); repeat++) {
    const double start = cpu_seconds();
    for (int64_t s = 0; s < signals; s++) {
      const int8_t *signal = bytes + 2 * n * s;
      for (int64_t k = 0; k < rule_sets; k++) {
        for (int64_t d = 0; d < days; d++) day_end[d] = NAN;
        metrics[s * rule_sets + k] = backtest(signal, (const uint8_t *)signal + n, rules + k, 0);
      }
    }
    printf("%.9f\n", cpu_seconds() - start);
  }
  for (int64_t d = 0; d < days; d++) day_end[d] = NAN;
  backtest(bytes, (const uint8_t *)bytes + n, rules, 1);
  FILE *out = fopen(argv[2], "wb");
  if (!out) { perror(argv[2]); return 1; }
  fwrite(metrics, sizeof *metrics, (size_t)(signals * rule_sets), out);
  fwrite(trade_out, TRADE * sizeof(double), (size_t)trade_count, out);
  return fclose(out) == 0 ? 0 : 1;
}
