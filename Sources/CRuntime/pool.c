#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "mrm_runtime.h"

// A waiting thread first spins, then offers its processor to others, then sleeps: spinning is the quickest answer on a free
// machine, offering keeps a crowded one moving when the thread waited for is not running.
enum { LINE = 128, SPIN_NANOSECONDS = 50000, OFFER_NANOSECONDS = 1500000, CROWDED_SPINS = 64 };

// A counter that threads wait on until it changes, each on its own cache line.
typedef struct {
  _Alignas(LINE) _Atomic uint32_t value;
  _Alignas(LINE) _Atomic uint32_t sleepers;
} mrm_event;

// What a thread offers the others, of two kernels in turn: its offer of the next one is cleared while nobody looks at it.
typedef struct {
  _Alignas(LINE) mrm_offer offers[2];
  uint32_t kernels;     // how many it has begun
  double wait_seconds;  // how long it has waited for words of offers
} mrm_member;

struct mrm_pool {
  int32_t threads;
  int32_t started;
  uint32_t spins;
  pthread_t *handles;
  mrm_region region;
  void *context;
  mrm_member *members;
  mrm_team teams[2];
  _Atomic uint32_t quit;
  mrm_event start;    // counts regions
  mrm_event barrier;  // counts barriers passed
  _Alignas(LINE) _Atomic int32_t arrived;
};

typedef struct {
  mrm_pool *pool;
  int32_t thread;
} mrm_worker;

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void wait_change(mrm_pool *pool, mrm_event *event, uint32_t old) {
  for (uint32_t i = 0; i < pool->spins; i++) {
    if (atomic_load_explicit(&event->value, memory_order_acquire) != old) return;
    relax();
  }
  double start = now();
  do {
    if (atomic_load_explicit(&event->value, memory_order_acquire) != old) return;
    sched_yield();
  } while (now() - start < OFFER_NANOSECONDS);
  atomic_fetch_add(&event->sleepers, 1);
  while (atomic_load(&event->value) == old)
    syscall(SYS_futex, (uint32_t *)&event->value, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
  atomic_fetch_sub(&event->sleepers, 1);
}

// The increment and the look at `sleepers` are sequentially consistent: a thread that starts to sleep after the look
// finds the value changed.
static void signal_change(mrm_event *event) {
  atomic_fetch_add(&event->value, 1);
  if (atomic_load(&event->sleepers) != 0)
    syscall(SYS_futex, (uint32_t *)&event->value, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

void mrm_pool_barrier(mrm_pool *pool, int32_t thread) {
  (void)thread;
  if (pool->threads == 1) return;
  uint32_t old = atomic_load_explicit(&pool->barrier.value, memory_order_relaxed);
  if (atomic_fetch_add_explicit(&pool->arrived, 1, memory_order_acq_rel) == pool->threads - 1) {
    atomic_store_explicit(&pool->arrived, 0, memory_order_relaxed);
    signal_change(&pool->barrier);
  } else {
    wait_change(pool, &pool->barrier, old);
  }
}

static void *work(void *argument) {
  mrm_worker worker = *(mrm_worker *)argument;
  free(argument);
  mrm_pool *pool = worker.pool;
  uint32_t seen = 0;
  for (;;) {
    wait_change(pool, &pool->start, seen);
    seen++;
    if (atomic_load(&pool->quit)) return NULL;
    pool->region(pool->context, worker.thread, pool->threads);
    mrm_pool_barrier(pool, worker.thread);
  }
}

int32_t mrm_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int32_t)online : 1;
}

static void free_scratch(mrm_pool *pool) {
  if (pool->teams[0].scratch) mrm_memory_free(pool->teams[0].scratch, mrm_pool_scratch_bytes(pool));
}

int32_t mrm_pool_reserve_scratch(mrm_pool *pool, size_t bytes_per_thread) {
  size_t stride = (bytes_per_thread + 4095) / 4096 * 4096;
  if (stride <= pool->teams[0].scratch_stride) return 1;
  char *scratch = mrm_memory_allocate(stride * (size_t)pool->threads);
  if (!scratch) return 0;
  free_scratch(pool);
  for (int i = 0; i < 2; i++) {
    pool->teams[i].scratch = scratch;
    pool->teams[i].scratch_stride = stride;
  }
  return 1;
}

size_t mrm_pool_scratch_bytes(const mrm_pool *pool) { return pool->teams[0].scratch_stride * (size_t)pool->threads; }

static void wait_word(const mrm_team *team, int32_t thread, const uint64_t *word, uint64_t old) {
  mrm_pool *pool = team->pool;
  double start = now();
  for (uint32_t i = 0; __atomic_load_n(word, __ATOMIC_ACQUIRE) == old; i++) {
    if (i < pool->spins) relax();
    else sched_yield();
  }
  pool->members[thread].wait_seconds += (now() - start) * 1e-9;
}

double mrm_pool_wait_seconds(const mrm_pool *pool, int32_t thread) { return pool->members[thread].wait_seconds; }

const mrm_team *mrm_pool_team(mrm_pool *pool, int32_t thread) {
  mrm_member *member = &pool->members[thread];
  uint32_t turn = member->kernels++ % 2;
  // Others last looked at it during the kernel before this one.
  member->offers[1 - turn] = (mrm_offer){0, 0};
  return &pool->teams[turn];
}

// How many turns of the spinning loop take SPIN_NANOSECONDS; few when there are more threads than processors.
static uint32_t calibrate(int32_t threads) {
  if (threads > mrm_processors()) return CROWDED_SPINS;
  const int turns = 2000;
  double start = now();
  for (int i = 0; i < turns; i++) relax();
  double each = (now() - start) / turns;
  if (each < 0.25) each = 0.25;
  return (uint32_t)(SPIN_NANOSECONDS / each);
}

mrm_pool *mrm_pool_create(int32_t threads) {
  if (threads < 1 || threads > 256) return NULL;
  mrm_pool *pool = aligned_alloc(LINE, (sizeof(mrm_pool) + LINE - 1) / LINE * LINE);
  if (!pool) return NULL;
  *pool = (mrm_pool){.threads = threads, .started = 1, .spins = calibrate(threads)};
  pool->handles = calloc((size_t)threads, sizeof(pthread_t));
  pool->members = aligned_alloc(LINE, (size_t)threads * sizeof(mrm_member));
  int32_t has_memory = pool->handles && pool->members;
  if (has_memory) memset(pool->members, 0, (size_t)threads * sizeof(mrm_member));
  for (int i = 0; has_memory && i < 2; i++)
    pool->teams[i] = (mrm_team){.offers = (char *)&pool->members[0].offers[i],
                                .offer_stride = sizeof(mrm_member), .wait = wait_word, .pool = pool};
  for (int32_t i = 1; has_memory && i < threads; i++) {
    mrm_worker *worker = malloc(sizeof *worker);
    if (worker) *worker = (mrm_worker){pool, i};
    if (!worker || pthread_create(&pool->handles[i], NULL, work, worker) != 0) {
      free(worker);
      break;
    }
    pool->started++;
  }
  if (!has_memory || pool->started != threads) {
    mrm_pool_destroy(pool);
    return NULL;
  }
  return pool;
}

void mrm_pool_destroy(mrm_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->quit, 1);
  signal_change(&pool->start);
  for (int32_t i = 1; i < pool->started; i++) pthread_join(pool->handles[i], NULL);
  free_scratch(pool);
  free(pool->members);
  free(pool->handles);
  free(pool);
}

int32_t mrm_pool_threads(const mrm_pool *pool) { return pool->threads; }

void mrm_pool_run(mrm_pool *pool, mrm_region region, void *context) {
  if (pool->threads > 1) {
    pool->region = region;
    pool->context = context;
    signal_change(&pool->start);
  }
  region(context, 0, pool->threads);
  mrm_pool_barrier(pool, 0);
}
