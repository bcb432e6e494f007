#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include "plan.h"

typedef struct {
  mrm_plan *plan;
  mrm_execution *options;
  int32_t result;            // written by thread 0
  // The first call that is not to run. Thread 0 writes c + 1 before the barrier of call c, so that every thread
  // takes the same decision after that barrier.
  uint32_t stop_before;
  double start;
} mrm_running;

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *resolve(const mrm_function *function, mrm_ref ref, void *const *bindings, void *arena) {
  const char *base = ref.slot == 0 ? arena : ref.slot == 1 ? function->constants : bindings[ref.slot - 2];
  return (void *)(base + ref.offset);
}

static int valid(const mrm_function *function) {
  uint64_t slots = 2 + (uint64_t)function->input_count + function->output_count;
  for (uint32_t i = 0; i < function->ref_count; i++)
    if (function->refs[i].slot >= slots) return 0;
  for (uint32_t i = 0; i < function->guard_count; i++)
    if (function->guards[i].value.slot >= slots || function->guards[i].before_call > function->call_count) return 0;
  for (uint32_t i = 0; i < function->call_count; i++)
    if ((uint64_t)function->calls[i].first_ref + function->calls[i].ref_count > function->ref_count) return 0;
  return 1;
}

mrm_plan *mrm_bind(mrm_pool *pool, const mrm_function *function, void *const *bindings, void *arena) {
  if (!valid(function)) return NULL;
  mrm_plan *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->pool = pool;
  plan->function = function;
  plan->args = calloc((size_t)function->ref_count + 1, sizeof(void *));
  plan->guarded = calloc((size_t)function->guard_count + 1, sizeof(void *));
  plan->guard_order = calloc((size_t)function->guard_count + 1, sizeof(uint32_t));
  if (!plan->args || !plan->guarded || !plan->guard_order ||
      !mrm_pool_reserve_scratch(pool, function->scratch_bytes)) {
    mrm_plan_free(plan);
    return NULL;
  }
  for (uint32_t i = 0; i < function->ref_count; i++)
    plan->args[i] = resolve(function, function->refs[i], bindings, arena);
  for (uint32_t i = 0; i < function->guard_count; i++) {
    plan->guarded[i] = resolve(function, function->guards[i].value, bindings, arena);
    uint32_t place = i;
    for (; place > 0 && function->guards[plan->guard_order[place - 1]].before_call > function->guards[i].before_call;
         place--)
      plan->guard_order[place] = plan->guard_order[place - 1];
    plan->guard_order[place] = i;
  }
  return plan;
}

void mrm_plan_free(mrm_plan *plan) {
  if (!plan) return;
  free(plan->guard_order);
  free((void *)plan->guarded);
  free((void *)plan->args);
  free(plan);
}

// The tasks up to `round` (one per thread and round) that this thread has not done yet.
static void run_tasks(mrm_execution *options, int32_t *done, int32_t round, int32_t thread, int32_t threads) {
  if (*done >= round) return;
  double start = thread == 0 ? seconds() : 0;
  for (; *done < round; (*done)++) {
    int64_t index = (int64_t)*done * threads + thread;
    if (index < options->task_count) options->task(options->task_context, (int32_t)index);
  }
  if (thread == 0) options->task_seconds += seconds() - start;
}

// The index of a guard before `call` that is not satisfied, or -1. Every thread sees the same values: a barrier stands
// before, and one after, so that the call cannot overwrite what another thread still checks.
static int32_t check_guards(mrm_plan *plan, uint32_t call, uint32_t *next, int32_t thread) {
  const mrm_function *function = plan->function;
  int32_t failed = -1;
  uint32_t first = *next;
  for (; *next < function->guard_count; (*next)++) {
    uint32_t guard = plan->guard_order[*next];
    if (function->guards[guard].before_call != call) break;
    if (failed < 0 && !mrm_is_finite(plan->guarded[guard], function->guards[guard].value.type)) failed = (int32_t)guard;
  }
  if (*next != first) mrm_pool_barrier(plan->pool, thread);
  return failed;
}

static void run_on_thread(void *context, int32_t thread, int32_t threads) {
  mrm_running *running = context;
  mrm_plan *plan = running->plan;
  mrm_execution *options = running->options;
  const mrm_function *function = plan->function;
  int32_t has_tasks = options && options->task && options->task_count > 0;
  int32_t rounds = has_tasks ? (options->task_count + threads - 1) / threads : 0;
  int32_t tasks_done = 0;
  uint32_t next_guard = 0;
  double *waits = options && options->call_waits ? options->call_waits + (size_t)thread * function->call_count : NULL;
  int32_t timed = thread == 0 && options && (options->call_seconds || options->call_start);
  int32_t failed = -1;
  for (uint32_t i = 0; i < function->call_count; i++) {
    failed = check_guards(plan, i, &next_guard, thread);
    if (failed >= 0 || i >= __atomic_load_n(&running->stop_before, __ATOMIC_RELAXED)) break;
    const mrm_call *call = &function->calls[i];
    double start = timed ? seconds() : 0;
    double waited = waits ? mrm_pool_wait_seconds(plan->pool, thread) : 0;
    call->kernel(plan->args + call->first_ref, thread, threads, mrm_pool_team(plan->pool, thread));
    if (thread == 0 && options && options->cancel && __atomic_load_n(options->cancel, __ATOMIC_RELAXED) != 0 &&
        running->stop_before > i + 1)
      __atomic_store_n(&running->stop_before, i + 1, __ATOMIC_RELAXED);
    double arrived = waits ? seconds() : 0;
    mrm_pool_barrier(plan->pool, thread);
    if (waits) waits[i] += seconds() - arrived + mrm_pool_wait_seconds(plan->pool, thread) - waited;
    if (timed) {
      if (options->call_start) options->call_start[i] = start - running->start;
      if (options->call_seconds) options->call_seconds[i] += seconds() - start;
    }
    if (has_tasks)
      run_tasks(options, &tasks_done, (int32_t)((int64_t)rounds * (i + 1) / function->call_count), thread, threads);
  }
  int32_t cancelled = __atomic_load_n(&running->stop_before, __ATOMIC_RELAXED) < function->call_count;
  if (failed < 0 && !cancelled) failed = check_guards(plan, function->call_count, &next_guard, thread);
  if (has_tasks) run_tasks(options, &tasks_done, rounds, thread, threads);
  if (thread == 0) running->result = failed >= 0 ? failed : cancelled ? MRM_CANCELLED : MRM_DONE;
}

int32_t mrm_run(mrm_plan *plan, mrm_execution *options) {
  mrm_running running = {plan, options, MRM_DONE, UINT32_MAX, 0};
  if (options) options->task_seconds = 0;
  if (options && options->cancel && __atomic_load_n(options->cancel, __ATOMIC_RELAXED) != 0) running.stop_before = 0;
  running.start = seconds();
  mrm_pool_run(plan->pool, run_on_thread, &running);
  return running.result;
}

int32_t mrm_execute(mrm_pool *pool, const mrm_function *function, void *const *bindings, void *arena,
                    mrm_execution *options) {
  mrm_plan *plan = mrm_bind(pool, function, bindings, arena);
  if (!plan) return -3;
  int32_t result = mrm_run(plan, options);
  mrm_plan_free(plan);
  return result;
}
