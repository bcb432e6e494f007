#ifndef MRM_PLAN_H
#define MRM_PLAN_H
#include "include/mrm_runtime.h"

struct mrm_plan {
  mrm_pool *pool;
  const mrm_function *function;
  void **args;            // one address per ref
  const float **guarded;  // one address per guard
  uint32_t *guard_order;  // guards by the call they stand before
};

#endif
