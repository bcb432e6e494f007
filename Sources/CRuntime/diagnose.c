#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include "plan.h"

typedef struct {
  mrm_plan *plan;
  uint32_t call;
} mrm_single;

static void run_single(void *context, int32_t thread, int32_t threads) {
  mrm_single *single = context;
  const mrm_call *call = &single->plan->function->calls[single->call];
  call->kernel(single->plan->args + call->first_ref, thread, threads, mrm_pool_team(single->plan->pool, thread));
}

static int ascending(const void *a, const void *b) {
  uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return left < right ? -1 : left > right;
}

// Where the operand that starts at `offset` ends at the latest: at the next operand, or at the end of the arena.
static uint64_t operand_end(const uint64_t *offsets, size_t count, uint64_t offset, uint64_t arena_bytes) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (offsets[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low < count ? offsets[low] : arena_bytes;
}

static int has_not_finite(const char *begin, const char *end, uint32_t type) {
  size_t size = mrm_float_size(type);
  if (size == 0) return 0;
  for (const char *at = begin; at + size <= end; at += size)
    if (!mrm_is_finite(at, type)) return 1;
  return 0;
}

// The first call that has the guarded value among its operands, or -1.
static int32_t call_of(const mrm_function *function, const mrm_guard *guard) {
  for (uint32_t i = 0; i < guard->before_call; i++)
    for (uint32_t r = 0; r < function->calls[i].ref_count; r++) {
      const mrm_ref *ref = &function->refs[function->calls[i].first_ref + r];
      if (ref->slot == guard->value.slot && ref->offset == guard->value.offset) return (int32_t)i;
    }
  return -1;
}

int32_t mrm_first_not_finite(mrm_plan *plan, int32_t guard, void *arena) {
  const mrm_function *function = plan->function;
  uint64_t *offsets = malloc((function->ref_count + 1) * sizeof *offsets);
  if (!offsets) return -1;
  size_t count = 0;
  for (uint32_t i = 0; i < function->ref_count; i++)
    if (function->refs[i].slot == 0) offsets[count++] = function->refs[i].offset;
  qsort(offsets, count, sizeof *offsets, ascending);
  memset(arena, 0, function->arena_bytes);
  int32_t found = -1;
  for (uint32_t i = 0; i < function->guards[guard].before_call && found < 0; i++) {
    mrm_single single = {plan, i};
    mrm_pool_run(plan->pool, run_single, &single);
    const mrm_call *call = &function->calls[i];
    for (uint32_t r = call->first_ref; r < call->first_ref + call->ref_count && found < 0; r++) {
      if (function->refs[r].slot != 0) continue;
      uint64_t offset = function->refs[r].offset;
      uint64_t end = operand_end(offsets, count, offset, function->arena_bytes);
      uint64_t bytes = function->refs[r].bytes;
      if (bytes != 0 && offset + bytes < end) end = offset + bytes;
      if (has_not_finite((char *)arena + offset, (char *)arena + end, function->refs[r].type)) found = (int32_t)i;
    }
  }
  free(offsets);
  return found >= 0 ? found : call_of(function, &function->guards[guard]);
}
