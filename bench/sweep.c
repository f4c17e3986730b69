// The yardstick of bench/engines.ts: a straightforward parameter sweep, one loop over the candles per combination.
// Indicator columns are computed once per period, signals once per group; metrics in the same pass as the trades.
// Build: cc -O3 -march=native -ffp-contract=off -o sweep sweep.c -lm
// Use:   sweep candles.bin workload.txt results.bin   (prints the CPU time of the sweep in ms)
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long n;
static double *open_, *high, *low, *close_;
static int *day;          // UTC day of each candle, 0 for the first
static unsigned char *hour; // UTC hour at the close of each candle

#define TARGETS 4
#define PARTS 3
// Stops and targets as fractions; 0 is none. Those after `ts` are the later rules (S-70 to S-78, S-84).
typedef struct {
  double sl, tp, ts;
  double sl_atr, tp_atr, ts_atr, atr_period, activation, even, even_offset;
  double held_max, profit_min, cooldown, risk;
  double target_from[TARGETS], target[TARGETS], part[PARTS], share[PARTS];
} Rules;
static double balance0, units, fraction, commission, slippage;

// Indicators, with the arithmetic of src/indicators.
static double *sma(const double *v, int p) {
  double *out = malloc(n * 8), sum = 0;
  int64_t ticks = 0;
  (void)sum;
  for (long i = 0; i < n; i++) {
    ticks += llround(v[i] * 100);
    if (i >= p) ticks -= llround(v[i - p] * 100);
    out[i] = i < p - 1 ? NAN : (double)ticks / (100.0 * p);
  }
  return out;
}
static double *average(const double *v, int p, double alpha) {
  double *out = malloc(n * 8), a = 0;
  long defined = 0;
  for (long i = 0; i < n; i++) {
    out[i] = NAN;
    if (isnan(v[i])) { defined = 0; a = 0; continue; }
    if (++defined > p) a += alpha * (v[i] - a);
    else { a += v[i]; if (defined < p) continue; a /= p; }
    out[i] = a;
  }
  return out;
}
static double *rolling_mean(const double *v, int p) {
  double *out = malloc(n * 8), sum = 0;
  long defined = 0;
  for (long i = 0; i < n; i++) {
    out[i] = NAN;
    if (isnan(v[i])) continue;
    sum += v[i];
    if (++defined > p) sum -= v[i - p];
    if (defined >= p) out[i] = sum / p;
  }
  return out;
}
static double *rsi(const double *v, int p) {
  double *out = malloc(n * 8), g = 0, l = 0, alpha = 1.0 / p;
  out[0] = NAN;
  for (long i = 1; i < n; i++) {
    double c = v[i] - v[i - 1], up = c > 0 ? c : 0, down = c < 0 ? -c : 0;
    out[i] = NAN;
    if (i > p) { g += alpha * (up - g); l += alpha * (down - l); }
    else { g += up; l += down; if (i < p) continue; g /= p; l /= p; }
    out[i] = g + l == 0 ? 50 : 100 * (g / (g + l));
  }
  return out;
}
static double *true_range(void) {
  double *out = malloc(n * 8);
  for (long i = 0; i < n; i++) {
    double r = high[i] - low[i];
    if (i > 0) {
      double a = fabs(high[i] - close_[i - 1]), b = fabs(low[i] - close_[i - 1]);
      if (a > r) r = a;
      if (b > r) r = b;
    }
    out[i] = r;
  }
  return out;
}
// One column per indicator and period.
static double *cache[4][2048];
static double *column(int kind, int p) {
  if (!cache[kind][p])
    cache[kind][p] = kind == 0 ? sma(close_, p) : kind == 1 ? average(close_, p, 2.0 / (p + 1)) : rsi(close_, p);
  return cache[kind][p];
}
static inline int compare(double a, double b) { // S-05
  double d = a - b, s = fabs(a) > fabs(b) ? fabs(a) : fabs(b);
  return d > 1e-10 * s ? 1 : d < -1e-10 * s ? -1 : 0;
}

static void run(const signed char *sig, const unsigned char *mask, double r_sl, double r_tp, double r_ts, double *out) {
  double bal = balance0, peak = bal, mdd = 0, win = 0, loss = 0, prev = bal, rsum = 0, rsq = 0;
  long trades = 0, wins = 0, days = 0;
  int side = 0, want = 0, leave = 0;
  double entry = 0, q = 0, fee = 0, sl = 0, tp = 0, best = 0;
  const double buy = 1 + slippage, sell = 1 - slippage;
  for (long i = 0; i < n; i++) {
    if (leave) {
      double x = open_[i] * (side > 0 ? sell : buy), f = x * q * commission, g = side * (x - entry) * q;
      double net = g - (fee + f);
      bal += g - f; trades++;
      if (net > 0) { wins++; win += net; } else loss += net;
      side = 0;
    }
    if (want) {
      side = want;
      entry = open_[i] * (side > 0 ? buy : sell);
      q = units > 0 ? units : bal * fraction / (entry * (1 + commission));
      fee = entry * q * commission;
      bal -= fee;
      sl = r_sl > 0 ? entry * (1 - side * r_sl) : side > 0 ? -INFINITY : INFINITY;
      tp = r_tp > 0 ? entry * (1 + side * r_tp) : side > 0 ? INFINITY : -INFINITY;
      best = entry;
    }
    if (side) {
      double x = 0;
      int hit = 0;
      if (side > 0) {
        double stop = sl;
        if (r_ts > 0) { double t = best * (1 - r_ts); if (t > stop) stop = t; }
        if (low[i] <= stop || high[i] >= tp) {
          hit = 1;
          x = open_[i] <= stop ? open_[i] * sell : open_[i] >= tp ? open_[i] : low[i] <= stop ? stop * sell : tp;
        } else if (high[i] > best) best = high[i];
      } else {
        double stop = sl;
        if (r_ts > 0) { double t = best * (1 + r_ts); if (t < stop) stop = t; }
        if (high[i] >= stop || low[i] <= tp) {
          hit = 1;
          x = open_[i] >= stop ? open_[i] * buy : open_[i] <= tp ? open_[i] : high[i] >= stop ? stop * buy : tp;
        } else if (low[i] < best) best = low[i];
      }
      if (!hit && i == n - 1) { hit = 1; x = close_[i] * (side > 0 ? sell : buy); }
      if (hit) {
        double f = x * q * commission, g = side * (x - entry) * q, net = g - (fee + f);
        bal += g - f; trades++;
        if (net > 0) { wins++; win += net; } else loss += net;
        side = 0;
      }
    }
    double eq = side ? bal + side * (close_[i] - entry) * q : bal;
    if (eq > peak) peak = eq;
    else if (peak - eq > mdd * peak) mdd = (peak - eq) / peak;
    if (i == n - 1 || day[i + 1] != day[i]) {
      double ret = eq / prev - 1;
      rsum += ret; rsq += ret * ret; days++; prev = eq;
    }
    int s = sig[i];
    leave = side && s == -side;
    want = (!side || leave) && s && (mask[i] >> (s < 0) & 1) ? s : 0;
  }
  double mean = rsum / days, var = (rsq - rsum * mean) / (days - 1);
  out[0] = bal - balance0; out[1] = trades; out[2] = trades ? 100.0 * wins / trades : 0;
  out[3] = loss == 0 ? (win > 0 ? INFINITY : 0) : win / fabs(loss);
  out[4] = mdd; out[5] = var > 0 ? mean / sqrt(var) * sqrt(365) : 0;
}

static inline double larger(double a, double b) { return a > b ? a : b; }
static inline double smaller(double a, double b) { return a < b ? a : b; }

// The loop with the later rules. On negated prices a short reads like a long, so one set of comparisons does.
static void run_later(const signed char *sig, const unsigned char *mask, const Rules *rules, const double *range, double *out) {
  const Rules r = *rules;
  double bal = balance0, top = bal, mdd = 0, win = 0, loss = 0, prev = bal, rsum = 0, rsq = 0;
  long trades = 0, wins = 0, days = 0, entered = 0, left_at = -1000000;
  int side = 0, want = 0, leave = 0, targets = 0, parts = 0, part = 0, step = 0, even = 0, active = 0;
  double entry = 0, q = 0, rest = 0, gross = 0, paid = 0, peak = 0, fixed = 0, goal = 0, stop = 0, target = 0, before = 0;
  double even_at = 0, even_level = 0, active_at = 0, trail = 0, trail_distance = 0, part_level = 0;
  while (targets < TARGETS && (targets == 0 ? r.target[0] > 0 : r.target_from[targets] > 0)) targets++;
  while (parts < PARTS && r.part[parts] > 0) parts++;
  const int trails = r.ts > 0 || r.ts_atr > 0;
  for (long i = 0; i < n; i++) {
    double x = 0;
    int out_now = 0;
    if (leave) {
      x = open_[i] * (1 - side * slippage);
      out_now = 1;
    }
    for (int round = 0; round < 2; round++) {
      if (round == 1) {
        if (want && i >= left_at + (long)r.cooldown && bal > 1e-9 * balance0 && (!range || range[i - 1] > 0)) {
          const double e = open_[i] * (1 + want * slippage), size_of_all = bal / (e * (1 + commission));
          const double atr = range ? range[i - 1] : 0, s = want * e;
          fixed = -INFINITY;
          goal = INFINITY;
          if (r.sl > 0) fixed = s * (1 - want * r.sl);
          if (r.sl_atr > 0) fixed = larger(fixed, s - r.sl_atr * atr);
          if (r.tp > 0) goal = s * (1 + want * r.tp);
          if (r.tp_atr > 0) goal = smaller(goal, s + r.tp_atr * atr);
          trail = r.ts > 0 ? 1 - want * r.ts : 0;
          trail_distance = r.ts_atr > 0 ? r.ts_atr * atr : INFINITY;
          active = trails && r.activation == 0;
          stop = fixed;
          if (active) {
            stop = larger(stop, s - trail_distance);
            if (trail > 0) stop = larger(stop, s * trail);
          }
          q = units > 0 ? units : fraction * size_of_all;
          if (r.risk > 0) q = smaller(bal * r.risk / (s - stop), size_of_all);
          if (q > 0) {
            side = want;
            entry = e;
            entered = i;
            rest = q;
            paid = e * q * commission;
            gross = 0;
            bal -= paid;
            peak = s;
            step = part = even = 0;
            target = targets ? smaller(goal, s * (1 + side * r.target[0])) : goal;
            before = target;
            even_at = s * (1 + side * r.even);
            even_level = s * (1 + side * r.even_offset);
            active_at = s * (1 + side * r.activation);
            if (parts) part_level = s * (1 + side * r.part[0]);
          }
        }
        if (side) {
          const double o = side * open_[i], l = side > 0 ? low[i] : -high[i], h = side > 0 ? high[i] : -low[i];
          const int stopped = l <= stop, reached = h >= target;
          if (part < parts && o > stop) {
            const double to = stopped || o >= target ? o : h;
            while (part < parts && part_level <= to && part_level < target) {
              const double price = side * (part_level <= o ? o : part_level), size = r.share[part] * q;
              const double f = price * size * commission, g = side * (price - entry) * size;
              gross += g;
              paid += f;
              bal += g - f;
              rest -= size;
              part++;
              if (part < parts) part_level = side * (entry * (1 + side * r.part[part]));
            }
          }
          if (stopped || reached) {
            out_now = 1;
            if (o <= stop) x = open_[i] * (1 - side * slippage);
            else if (o >= target) x = o >= before ? open_[i] : open_[i] * (1 - side * slippage);
            else x = stopped ? side * stop * (1 - side * slippage) : side * target;
          } else if (i == n - 1) {
            out_now = 1;
            x = close_[i] * (1 - side * slippage);
          }
        }
      }
      if (!out_now) continue;
      const double f = x * rest * commission, g = side * (x - entry) * rest;
      gross += g;
      paid += f;
      bal += g - f;
      const double net = gross - paid;
      trades++;
      if (net > 0) { wins++; win += net; } else loss += net;
      side = 0;
      left_at = i;
      out_now = 0;
    }
    const double eq = side ? bal + side * (close_[i] - entry) * rest : bal;
    if (eq > top) top = eq;
    else if (top - eq > mdd * top) mdd = (top - eq) / top;
    if (i == n - 1 || day[i + 1] != day[i]) {
      const double ret = eq / prev - 1;
      rsum += ret; rsq += ret * ret; days++; prev = eq;
    }
    const int s = sig[i];
    leave = want = 0;
    if (!side) {
      if (s && (mask[i] >> (s < 0) & 1)) want = s;
      continue;
    }
    if (s == -side && !(side * (close_[i] - entry) < r.profit_min * entry)) {
      leave = 1;
      if (mask[i] >> (s < 0) & 1) want = s;
      continue;
    }
    const long held = i - entered + 1;
    if (r.held_max > 0 && held >= (long)r.held_max) { leave = 1; continue; }
    // The levels of the next candle.
    const double h = side > 0 ? high[i] : -low[i];
    if (h > peak) {
      peak = h;
      if (r.even > 0 && !even && peak >= even_at) {
        even = 1;
        fixed = larger(fixed, even_level);
      }
      if (trails && !active && peak >= active_at) active = 1;
      stop = fixed;
      if (active) {
        stop = larger(stop, peak - trail_distance);
        if (trail > 0) stop = larger(stop, peak * trail);
      }
    }
    before = target;
    while (step + 1 < targets && r.target_from[step + 1] <= held) {
      step++;
      target = smaller(goal, side * (entry * (1 + side * r.target[step])));
    }
  }
  double mean = rsum / days, var = (rsq - rsum * mean) / (days - 1);
  out[0] = bal - balance0; out[1] = trades; out[2] = trades ? 100.0 * wins / trades : 0;
  out[3] = loss == 0 ? (win > 0 ? INFINITY : 0) : win / fabs(loss);
  out[4] = mdd; out[5] = var > 0 ? mean / sqrt(var) * sqrt(365) : 0;
}

// ATR columns of the later rules, one per period.
static double *ranges[2048];
static const double *atr_column(const Rules *r) {
  int p = (int)r->atr_period;
  if (r->sl_atr == 0 && r->tp_atr == 0 && r->ts_atr == 0) return 0;
  if (!ranges[p]) {
    double *t = true_range();
    ranges[p] = average(t, p, 1.0 / p);
    free(t);
  }
  return ranges[p];
}

static int read_numbers(FILE *f, double *to, int count) {
  for (int k = 0; k < count; k++) if (fscanf(f, "%lf", to + k) != 1) return 0;
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 4) return 1;
  FILE *f = fopen(argv[1], "rb");
  double head;
  if (!f || fread(&head, 8, 1, f) != 1) return 1;
  n = (long)head;
  double *data = malloc(5 * n * 8);
  if (fread(data, 8, 5 * n, f) != (size_t)(5 * n)) return 1;
  fclose(f);
  double *time_ = data;
  open_ = data + n; high = data + 2 * n; low = data + 3 * n; close_ = data + 4 * n;
  day = malloc(n * 4); hour = malloc(n);
  for (long i = 0; i < n; i++) {
    day[i] = (int)(floor(time_[i] / 864e5) - floor(time_[0] / 864e5));
    hour[i] = (unsigned char)((long)floor((time_[i] + 6e4) / 36e5) % 24);
  }
  f = fopen(argv[2], "r");
  int nrules, ngroups, later;
  if (!f || fscanf(f, "%lf %lf %lf %lf %lf %d %d %d", &balance0, &units, &fraction, &commission, &slippage, &nrules, &ngroups, &later) != 8) return 1;
  Rules *rules = calloc(nrules, sizeof *rules);
  for (int k = 0; k < nrules; k++)
    if (!read_numbers(f, &rules[k].sl, later ? sizeof *rules / sizeof(double) : 3)) return 1;
  double *g = malloc(ngroups * 8 * sizeof *g);
  // kind (0 SMA cross, 1 EMA cross, 2 RSI), a, b, c, ATR period, multiplier, baseline, trading hours start * 100 + end (-1: all)
  for (int k = 0; k < 8 * ngroups; k++) if (fscanf(f, "%lf", g + k) != 1) return 1;
  fclose(f);
  double *out = malloc((size_t)ngroups * nrules * 48);

  clock_t start = clock();
  signed char *sig = malloc(n);
  unsigned char *mask = malloc(n);
  memset(mask, 3, n);
  double *range = 0;
  for (int k = 0; k < ngroups; k++) {
    double *p = g + 8 * k;
    if (p[0] < 2) {
      const double *a = column((int)p[0], (int)p[1]), *b = column((int)p[0], (int)p[2]);
      for (long i = 0; i < n; i++) sig[i] = compare(a[i], b[i]);
    } else {
      const double *a = column(2, (int)p[1]);
      for (long i = 0; i < n; i++) sig[i] = (a[i] <= p[2] * (1 + 1e-10)) - (a[i] >= p[3] * (1 - 1e-10));
    }
    if (p[4] > 0 || p[7] >= 0) {
      if (p[4] > 0) {
        if (!range) range = true_range();
        double *a = average(range, (int)p[4], 1.0 / p[4]), *b = rolling_mean(a, (int)p[6]);
        for (long i = 0; i < n; i++) mask[i] = a[i] >= p[5] * b[i] * (1 - 1e-10) ? 3 : 0;
        free(a); free(b);
      } else memset(mask, 3, n);
      if (p[7] >= 0) {
        int from = (int)p[7] / 100, to = (int)p[7] % 100;
        for (long i = 0; i < n; i++) if (hour[i] < from || hour[i] >= to) mask[i] = 0;
      }
    } else memset(mask, 3, n);
    for (int r = 0; r < nrules; r++) {
      double *to = out + 6 * ((size_t)k * nrules + r);
      if (later) run_later(sig, mask, rules + r, atr_column(rules + r), to);
      else run(sig, mask, rules[r].sl, rules[r].tp, rules[r].ts, to);
    }
  }
  printf("%.3f\n", 1000.0 * (clock() - start) / CLOCKS_PER_SEC);
  f = fopen(argv[3], "wb");
  fwrite(out, 48, (size_t)ngroups * nrules, f);
  fclose(f);
  return 0;
}
