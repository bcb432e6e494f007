#include "test_kernels.h"

// B records, images S x S in L patches, F features, T tokens of V.
enum { B = 2, S = 8, L = 4, F = 4, T = 6, V = 12 };

void test_features(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_loss(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_gradient(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_accumulate(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_gather(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_update(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_evaluate(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);

// K findings.
enum { K = 2 };

void test_scores(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_classify_step(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
void test_classify_loss(void *const *args, int32_t thread, int32_t threads, const mrm_team *team);
