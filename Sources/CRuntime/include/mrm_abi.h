// The contract between compiled code and the runtime that executes it.
// Codegen emits one `mrm_function` per IR function as constant data (symbol `mrm_fn_<name>`), the runtime executes it;
// the JIT and a linked training program use the same tables.
#ifndef MRM_ABI_H
#define MRM_ABI_H
#include <stdint.h>

// A thread's part, unit by unit: whoever is free may take pieces of the present one while the kernel runs. Atomic.
typedef struct {
  uint64_t next;  // (1 + unit) << 32 | number of the piece to take next; 0: nothing is offered yet
  uint64_t done;  // pieces of the unit that are done
} mrm_offer;

// What the threads that run one kernel have in common.
typedef struct mrm_team mrm_team;
struct mrm_team {
  // Thread t has mrm_function.scratch_bytes at scratch + t * scratch_stride, 64-byte aligned.
  char *scratch;
  uint64_t scratch_stride;
  // Its mrm_offer is at offers + t * offer_stride, zeros when the kernel begins.
  char *offers;
  uint64_t offer_stride;
  // Returns when another thread has changed a word of an offer that was `old`.
  void (*wait)(const mrm_team *team, int32_t thread, const uint64_t *word, uint64_t old);
  void *pool;
};

// Every thread of the pool runs every kernel; each takes its own part of the work, chosen from (thread, threads), and what
// others offer of theirs. Results do not depend on who computes what.
// args: one pointer per operand, in the order the kernel was emitted for.
typedef void (*mrm_kernel)(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);

// The scratch memory of a thread; NULL if there is none.
static inline void *mrm_scratch(const mrm_team *team, int32_t thread) {
  return team->scratch ? team->scratch + team->scratch_stride * (uint64_t)thread : 0;
}

// Types of values; others are never not finite.
enum { MRM_F32 = 0, MRM_F64 = 1, MRM_BF16 = 2, MRM_OTHER = 3 };

// Where an operand lives: slot 0 is the arena, slot 1 the function's constants, slot 2+i the i-th binding
// (inputs in order, then outputs in order).
typedef struct {
  uint32_t slot;
  uint32_t type;    // of the values there: MRM_F32 …
  uint64_t offset;  // bytes from the base of the slot
  uint64_t bytes;   // from there to the end of what lives there; 0 if that is not told
} mrm_ref;

// One kernel launch. A barrier stands after every call.
typedef struct {
  mrm_kernel kernel;
  const char *name;      // layer path and op, e.g. "encoder.blocks.3.mlp.fc1+gelu"
  uint32_t first_ref;    // operands are refs[first_ref ..< first_ref + ref_count]
  uint32_t ref_count;
  double flops;
  double bytes;          // bytes read and written, from the plan
} mrm_call;

// Before call number `before_call` runs, the scalar at `value` must be finite; else the function stops there
// and mrm_execute reports this guard.
typedef struct {
  uint32_t before_call;
  uint32_t reserved;
  mrm_ref value;
  const char *name;
} mrm_guard;

typedef struct {
  const char *name;
  uint64_t arena_bytes;      // temporaries; 64-byte aligned
  uint64_t scratch_bytes;    // per thread
  uint32_t input_count, output_count;
  uint32_t call_count, ref_count, guard_count, reserved;
  const mrm_call *calls;
  const mrm_ref *refs;
  const mrm_guard *guards;
  const void *constants;
} mrm_function;

// Everything a training program carries besides its code, handed to `mrm_program_main` by its `main`.
typedef struct {
  const char *description;               // Contract's ProgramDescription as JSON text, NUL-terminated
  const mrm_function *const *functions;  // ended by NULL
  uint32_t ir_count;
  uint32_t reserved;
  const char *const *ir_names;           // "graph", "grad", "fused", "buffer"
  const char *const *ir_texts;
} mrm_program;

// The training program: returns its exit code. Implemented in Swift (Training).
int32_t mrm_program_main(int32_t argc, char **argv, const mrm_program *image);

#endif
