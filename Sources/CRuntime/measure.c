#define _GNU_SOURCE
#include <stdint.h>
#include <time.h>
#include "mrm_runtime.h"

// What the machine can do at most, measured where the program runs: the rate of fused multiply-adds from registers, and
// the rate at which memory is read and written. Loops of assembler, so that the figures do not depend on how this file
// is compiled.

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

typedef struct {
  double (*loop)(int64_t iterations);  // returns FLOPs done
  int64_t iterations;
  double flops[256];
} mrm_flop_region;

#if defined(__x86_64__)
#define CLOBBERS "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", \
  "xmm12", "xmm13", "xmm14", "xmm15"
// Twelve chains hide the latency of four cycles on two units; %%14 and %%15 stay zero, so that nothing overflows.
#define TWELVE(op, r) \
  op " %%" r "14, %%" r "15, %%" r "0\n" op " %%" r "14, %%" r "15, %%" r "1\n" op " %%" r "14, %%" r "15, %%" r "2\n" \
  op " %%" r "14, %%" r "15, %%" r "3\n" op " %%" r "14, %%" r "15, %%" r "4\n" op " %%" r "14, %%" r "15, %%" r "5\n" \
  op " %%" r "14, %%" r "15, %%" r "6\n" op " %%" r "14, %%" r "15, %%" r "7\n" op " %%" r "14, %%" r "15, %%" r "8\n" \
  op " %%" r "14, %%" r "15, %%" r "9\n" op " %%" r "14, %%" r "15, %%" r "10\n" op " %%" r "14, %%" r "15, %%" r "11\n"
#define ZERO(r) "vxorps %%xmm" r ", %%xmm" r ", %%xmm" r "\n"
#define ZEROS ZERO("0") ZERO("1") ZERO("2") ZERO("3") ZERO("4") ZERO("5") ZERO("6") ZERO("7") ZERO("8") ZERO("9") \
  ZERO("10") ZERO("11") ZERO("14") ZERO("15")
#define LOOP(op, r, n) __asm__ volatile(ZEROS "1:\n" TWELVE(op, r) "dec %0\njnz 1b\nvzeroupper\n" : "+r"(n) : : CLOBBERS)

static double fma_512(int64_t n) {
  double flops = (double)n * 12 * 32;
  LOOP("vfmadd231ps", "zmm", n);
  return flops;
}

static double fma_256(int64_t n) {
  double flops = (double)n * 12 * 16;
  LOOP("vfmadd231ps", "ymm", n);
  return flops;
}

static double dot_bf16_512(int64_t n) {
  double flops = (double)n * 12 * 64;
  LOOP("vdpbf16ps", "zmm", n);
  return flops;
}
#endif

static double fma_portable(int64_t n) {
  float sums[32] = {0}, factor = 0;
  __asm__ volatile("" : "+m"(factor));
  for (int64_t i = 0; i < n; i++)
    for (int lane = 0; lane < 32; lane++) sums[lane] += factor * factor;
  __asm__ volatile("" : : "m"(sums));
  return (double)n * 64;
}

static double (*flop_loop(int32_t bf16))(int64_t) {
#if defined(__x86_64__)
  if (bf16 && __builtin_cpu_supports("avx512bf16")) return dot_bf16_512;
  if (__builtin_cpu_supports("avx512f")) return fma_512;
  if (__builtin_cpu_supports("fma")) return fma_256;
#endif
  (void)bf16;
  return fma_portable;
}

static void flop_region(void *context, int32_t thread, int32_t threads) {
  (void)threads;
  mrm_flop_region *region = context;
  region->flops[thread] = region->loop(region->iterations);
}

double mrm_measure_flops(mrm_pool *pool, int32_t bf16) {
  mrm_flop_region region = {flop_loop(bf16), 1 << 12, {0}};
  double best = 0, begin = now();
  int32_t threads = mrm_pool_threads(pool);
  // The system may need a while to give new threads processors of their own.
  for (int round = 0; round < 16 || now() - begin < 0.15; round++) {
    double start = now();
    mrm_pool_run(pool, flop_region, &region);
    double seconds = now() - start, flops = 0;
    for (int32_t i = 0; i < threads; i++) flops += region.flops[i];
    if (flops / seconds > best) best = flops / seconds;
    // Long enough that starting and joining the threads do not count.
    if (seconds < 3e-3) region.iterations = (int64_t)((double)region.iterations * 4e-3 / (seconds > 1e-6 ? seconds : 1e-6)) + 1;
  }
  return best;
}

typedef struct {
  double (*loop)(int64_t iterations);
  int64_t iterations;
  double seconds;
  double rates[256];  // FLOP/s of each thread
} mrm_sustained_region;

static void sustained_region(void *context, int32_t thread, int32_t threads) {
  (void)threads;
  mrm_sustained_region *region = context;
  double flops = 0, begin = now(), end;
  do {
    flops += region->loop(region->iterations);
    end = now();
  } while (end - begin < region->seconds);
  region->rates[thread] = flops / (end - begin);
}

double mrm_measure_sustained_flops(mrm_pool *pool, int32_t bf16, double seconds) {
  // Rounds far shorter than the whole, so that threads end together, and far longer than a look at the clock.
  mrm_sustained_region region = {flop_loop(bf16), 1 << 14, seconds, {0}};
  mrm_pool_run(pool, sustained_region, &region);
  double rate = 0;
  for (int32_t i = 0; i < mrm_pool_threads(pool); i++) rate += region.rates[i];
  return rate;
}

enum { triad_floats = 16 << 20 };

typedef struct {
  float *a, *b, *c;
} mrm_triad;

static void triad_region(void *context, int32_t thread, int32_t threads) {
  mrm_triad *triad = context;
  int64_t first = (int64_t)triad_floats / 64 * thread / threads * 64;
  int64_t last = (int64_t)triad_floats / 64 * (thread + 1) / threads * 64;
  typedef float vector __attribute__((vector_size(32)));
  vector *a = (vector *)(triad->a + first), *b = (vector *)(triad->b + first), *c = (vector *)(triad->c + first);
  for (int64_t i = 0; i < (last - first) / 8; i++) a[i] = b[i] + 3 * c[i];
}

double mrm_measure_bandwidth(mrm_pool *pool) {
  size_t bytes = sizeof(float) * (size_t)triad_floats;
  mrm_triad triad = {mrm_memory_allocate(bytes), mrm_memory_allocate(bytes), mrm_memory_allocate(bytes)};
  double best = 0;
  if (triad.a && triad.b && triad.c) {
    double begin = now();
    for (int round = 0; round < 10 || now() - begin < 0.15; round++) {
      double start = now();
      mrm_pool_run(pool, triad_region, &triad);
      double seconds = now() - start;
      // The first round takes pages from the system.
      if (round > 0 && 3.0 * (double)bytes / seconds > best) best = 3.0 * (double)bytes / seconds;
    }
  }
  mrm_memory_free(triad.a, bytes);
  mrm_memory_free(triad.b, bytes);
  mrm_memory_free(triad.c, bytes);
  return best;
}
