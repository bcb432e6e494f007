// The contract between compiled code and the runtime that executes it.
// Codegen emits one `mrm_function` per IR function as constant data (symbol `mrm_fn_<name>`), the runtime executes it;
// the JIT and a linked training program use the same tables.
#ifndef MRM_ABI_H
#define MRM_ABI_H
#include <stdint.h>

// Every thread of the pool runs every kernel; each takes its own static part of the work, chosen from
// (thread, threads).
// args: one pointer per operand, in the order the kernel was emitted for. `scratch` is this thread's own scratch memory
// (mrm_function.scratch_bytes, 64-byte aligned).
typedef void (*mrm_kernel)(void *const *args, int32_t thread, int32_t threads, void *scratch);

// Where an operand lives: slot 0 is the arena, slot 1 the function's constants, slot 2+i the i-th binding
// (inputs in order, then outputs in order).
typedef struct {
  uint32_t slot;
  uint32_t reserved;
  uint64_t offset;  // bytes from the base of the slot
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

// Before call number `before_call` runs, the f32 scalar at `value` must be finite; else the function stops there
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
  const char *manifest;                  // JSON text, NUL-terminated
  const mrm_function *const *functions;  // ended by NULL
  uint32_t ir_count;
  uint32_t reserved;
  const char *const *ir_names;           // "graph", "grad", "fused", "buffer"
  const char *const *ir_texts;
} mrm_program;

// The training program: returns its exit code. Implemented in Swift (TrainingRuntime).
int32_t mrm_program_main(int32_t argc, char **argv, const mrm_program *image);

#endif
