// A hand-written model in the form codegen emits: a linear layer on a few image features, trained with AdamW.
#ifndef TEST_KERNELS_H
#define TEST_KERNELS_H
#include "mrm_abi.h"

// train_step, accumulate, apply and evaluate of the model, with its manifest.
extern const mrm_program test_program;

// Kernels for the executor's own tests: args[0] is a float.
void test_increment(void *const *args, int32_t thread, int32_t threads, void *scratch);
// args[0]: one int32 per thread, args[1] likewise: adds its neighbours' values of args[0] to args[1] and fails (adds
// 1000000) when a neighbour is not at the same count.
void test_count(void *const *args, int32_t thread, int32_t threads, void *scratch);
void test_check(void *const *args, int32_t thread, int32_t threads, void *scratch);

#endif
