#ifndef MRM_PLAN_H
#define MRM_PLAN_H
#include <string.h>
#include "include/mrm_runtime.h"

struct mrm_plan {
  mrm_pool *pool;
  const mrm_function *function;
  void **args;            // one address per ref
  const void **guarded;   // one address per guard
  uint32_t *guard_order;  // guards by the call they stand before
};

// Bytes of a value that can be infinite or no number; 0 for the others.
static inline size_t mrm_float_size(uint32_t type) {
  return type == MRM_F32 ? 4 : type == MRM_F64 ? 8 : type == MRM_BF16 ? 2 : 0;
}

// All bits of the exponent are set where a value is infinite or no number.
static inline int mrm_is_finite(const void *value, uint32_t type) {
  static const uint64_t exponents[] = {0x7f800000u, 0x7ff0000000000000u, 0x7f80u};
  size_t size = mrm_float_size(type);
  if (size == 0) return 1;
  uint64_t bits = 0;
  memcpy(&bits, value, size);  // the lowest byte comes first
  return (bits & exponents[type]) != exponents[type];
}

#endif
