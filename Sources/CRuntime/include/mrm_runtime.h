// Executes compiled functions (mrm_abi.h): one pool of threads, one arena, barriers between the calls.
#ifndef MRM_RUNTIME_H
#define MRM_RUNTIME_H
#include <stddef.h>
#include <stdint.h>
#include "mrm_abi.h"

// --- Pool -----------------------------------------------------------------------------------------------------------
// A fixed set of threads that run the same function together. The caller is thread 0. Between regions the workers spin
// for 50 microseconds, offer their processor to others for about 1.5 milliseconds, then sleep, so that an idle program uses no processor time. Not reentrant; used by one
// thread at a time.
typedef struct mrm_pool mrm_pool;
typedef void (*mrm_region)(void *context, int32_t thread, int32_t threads);

// Processors this process may run on, at least 1.
int32_t mrm_processors(void);
// Starts threads - 1 workers; threads is 1...256. NULL when the system refuses a thread.
mrm_pool *mrm_pool_create(int32_t threads);
void mrm_pool_destroy(mrm_pool *pool);
int32_t mrm_pool_threads(const mrm_pool *pool);
// Runs region(context, thread, threads) on every thread and returns when all are done.
void mrm_pool_run(mrm_pool *pool, mrm_region region, void *context);
// Inside a region, called by every thread: returns when all have called it.
void mrm_pool_barrier(mrm_pool *pool, int32_t thread);

// Makes every thread's scratch memory at least so long; between regions only. 0 when there is no memory, else 1.
int32_t mrm_pool_reserve_scratch(mrm_pool *pool, size_t bytes_per_thread);
// Inside a region, called by every thread before each kernel, with a barrier between one kernel and the next: what the kernel
// is called with.
const mrm_team *mrm_pool_team(mrm_pool *pool, int32_t thread);
// How long a thread has waited inside kernels for what others do, since the pool was made.
double mrm_pool_wait_seconds(const mrm_pool *pool, int32_t thread);
// Bytes of scratch memory of all threads together.
size_t mrm_pool_scratch_bytes(const mrm_pool *pool);

// --- Memory ---------------------------------------------------------------------------------------------------------
// Zeroed, page-aligned memory in huge pages where the system has them. NULL when there is none. bytes 0 gives one page.
void *mrm_memory_allocate(size_t bytes);
void mrm_memory_free(void *memory, size_t bytes);
// Fills memory with a pattern no kernel writes by accident; then gives how many bytes from the start were written,
// rounded up to 8.
void mrm_memory_mark(void *memory, size_t bytes);
size_t mrm_memory_high_water(const void *memory, size_t bytes);

// --- Execution ------------------------------------------------------------------------------------------------------
// A function with its operands resolved to addresses: bound once, run many times.
typedef struct mrm_plan mrm_plan;

// bindings: input_count pointers, then output_count (an output may share an input's memory). arena: at least
// function->arena_bytes, 64-byte aligned, unless that is 0. NULL: out of memory.
mrm_plan *mrm_bind(mrm_pool *pool, const mrm_function *function, void *const *bindings, void *arena);
void mrm_plan_free(mrm_plan *plan);

// Other work done beside the calls, by the same threads: after each call a thread may take one task, spread over the
// run; those left over run at its end. Tasks run once each, in no order, also when a guard stops the function.
typedef void (*mrm_task)(void *context, int32_t index);

typedef struct {
  mrm_task task;           // NULL: none
  void *task_context;
  int32_t task_count;
  const int32_t *cancel;   // NULL, or read before each call: when not 0 the run stops there
  double *call_seconds;    // NULL, or call_count values: the time of each call, its barrier included, is added
  double *call_start;      // NULL, or call_count values: seconds from the start of the run (set, not added)
  double *call_waits;      // NULL, or threads × call_count values, thread by thread: how long each waited for others is added
  double task_seconds;     // out: time that thread 0 spent in tasks
} mrm_execution;

enum { MRM_DONE = -1, MRM_CANCELLED = -2 };

// Runs every call in order on all threads of the pool. Returns MRM_DONE, MRM_CANCELLED, or the index of the guard whose
// value was not finite. options may be NULL.
int32_t mrm_run(mrm_plan *plan, mrm_execution *options);

// Bind, run and free in one step; returns as mrm_run, or -3 when there is no memory.
int32_t mrm_execute(mrm_pool *pool, const mrm_function *function, void *const *bindings, void *arena,
                    mrm_execution *options);

// After a guard stopped a run: clears the arena and runs the calls before the guard once more, one at a time, until an
// operand in the arena holds f32 values that are not finite. Returns that call; when there is none the call that makes
// the guarded value; or -1. The function must not have changed its inputs before the guard.
int32_t mrm_first_not_finite(mrm_plan *plan, int32_t guard, void *arena);

// --- Measuring ------------------------------------------------------------------------------------------------------
// FLOP/s that the threads of the pool reach together with fused multiply-adds from registers (bf16: with bf16 products
// where the processor has them): no kernel is faster. At least 0.15 s.
double mrm_measure_flops(mrm_pool *pool, int32_t bf16);
// The same over so many seconds, without waiting for each other: less than the best moment where the machine is shared.
double mrm_measure_sustained_flops(mrm_pool *pool, int32_t bf16, double seconds);
// Bytes/s read and written by a = b + s c on arrays larger than the caches; 0 when there is no memory. Takes 192 MB for
// about 80 ms.
double mrm_measure_bandwidth(mrm_pool *pool);

// --- Signals --------------------------------------------------------------------------------------------------------
// From now on SIGTERM and SIGINT are noted instead of ending the process; a second SIGINT ends it at once with 130.
// SIGXFSZ and SIGPIPE are ignored: a write that cannot be done returns an error.
void mrm_signals_catch(void);
// The signal noted (SIGTERM or SIGINT), or 0.
int32_t mrm_signal_noted(void);

#endif
