// Hand-written models in the form codegen emits: a linear layer on a few image features, trained with AdamW.
#ifndef TEST_KERNELS_H
#define TEST_KERNELS_H
#include "mrm_abi.h"

// train_step, accumulate, apply and evaluate of the model; without a description, which TestProgram writes.
extern const mrm_program test_program;
// train_step, evaluate and predict of a linear classifier, likewise.
extern const mrm_program test_classifier;

// Kernels for the executor's own tests: args[0] is a float.
void test_increment(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
// args[0]: one int32 per thread, args[1] likewise: adds its neighbours' values of args[0] to args[1] and fails (adds
// 1000000) when a neighbour is not at the same count.
void test_count(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_check(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
// args[0]: one int32 per thread: every thread makes an offer, waits for its neighbour's and adds one, or 1000000 where an offer
// is not what was made in this kernel. Thread 0 is as late as args[1] says, in microseconds.
void test_offer(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);

#endif
