#include "model.h"

static const int64_t zero = 0;

static const mrm_call train_step_calls[] = {
  {test_features, "model.features", 0, 4, 1000, 4000},
  {test_loss, "model.loss", 4, 9, 1000, 4000},
  {test_gradient, "model.gradient", 13, 3, 1000, 4000},
  {test_update, "model.update", 16, 11, 1000, 4000},
};
static const mrm_ref train_step_refs[] = {
  {2, 0, 0}, {3, 0, 0}, {7, 0, 0}, {0, 0, 0}, {0, 0, 0}, {5, 0, 0}, {4, 0, 0}, {11, 0, 0}, {12, 0, 0}, {0, 0, 64},
  {18, 0, 0}, {19, 0, 0}, {20, 0, 0}, {0, 0, 0}, {0, 0, 64}, {0, 0, 128}, {0, 0, 128}, {8, 0, 0}, {9, 0, 0},
  {10, 0, 0}, {11, 0, 0}, {12, 0, 0}, {14, 0, 0}, {15, 0, 0}, {16, 0, 0}, {17, 0, 0}, {21, 0, 0},
};
static const mrm_guard train_step_guards[] = {{2, 0, {18, 0, 0}, "loss"}};
static const mrm_function train_step = {
  "train_step", 256, 8, 16, 10, 4, 27, 1, 0, train_step_calls, train_step_refs, train_step_guards, &zero};

static const mrm_call accumulate_calls[] = {
  {test_features, "model.features", 0, 4, 1000, 4000},
  {test_loss, "model.loss", 4, 9, 1000, 4000},
  {test_gradient, "model.gradient", 13, 3, 1000, 4000},
  {test_accumulate, "model.accumulate", 16, 4, 1000, 4000},
};
static const mrm_ref accumulate_refs[] = {
  {2, 0, 0}, {3, 0, 0}, {7, 0, 0}, {0, 0, 0}, {0, 0, 0}, {5, 0, 0}, {4, 0, 0}, {9, 0, 0}, {10, 0, 0}, {0, 0, 64},
  {14, 0, 0}, {15, 0, 0}, {16, 0, 0}, {0, 0, 0}, {0, 0, 64}, {0, 0, 128}, {0, 0, 128}, {8, 0, 0}, {12, 0, 0},
  {13, 0, 0},
};
static const mrm_guard accumulate_guards[] = {{2, 0, {14, 0, 0}, "loss"}};
static const mrm_function accumulate = {
  "accumulate", 256, 8, 12, 5, 4, 20, 1, 0, accumulate_calls, accumulate_refs, accumulate_guards, &zero};

static const mrm_call apply_calls[] = {
  {test_gather, "model.gather", 0, 3, 1000, 4000},
  {test_update, "model.update", 3, 11, 1000, 4000},
};
static const mrm_ref apply_refs[] = {
  {7, 0, 0}, {8, 0, 0}, {0, 0, 128}, {0, 0, 128}, {2, 0, 0}, {3, 0, 0}, {4, 0, 0}, {5, 0, 0}, {6, 0, 0}, {9, 0, 0},
  {10, 0, 0}, {11, 0, 0}, {12, 0, 0}, {13, 0, 0},
};
static const mrm_function apply = {
  "apply", 256, 8, 11, 9, 2, 14, 0, 0, apply_calls, apply_refs, 0, &zero};

static const mrm_call evaluate_calls[] = {
  {test_features, "model.features", 0, 4, 1000, 4000},
  {test_loss, "model.loss", 4, 9, 1000, 4000},
  {test_evaluate, "model.evaluate", 13, 14, 1000, 4000},
};
static const mrm_ref evaluate_refs[] = {
  {2, 0, 0}, {3, 0, 0}, {1, 0, 0}, {0, 0, 0}, {0, 0, 0}, {5, 0, 0}, {4, 0, 0}, {7, 0, 0}, {8, 0, 0}, {0, 0, 64},
  {0, 0, 192}, {0, 0, 200}, {0, 0, 208}, {0, 0, 64}, {4, 0, 0}, {5, 0, 0}, {2, 0, 0}, {3, 0, 0}, {10, 0, 0},
  {11, 0, 0}, {12, 0, 0}, {13, 0, 0}, {14, 0, 0}, {15, 0, 0}, {16, 0, 0}, {17, 0, 0}, {18, 0, 0},
};
static const mrm_function evaluate = {
  "evaluate", 256, 8, 8, 9, 3, 27, 0, 0, evaluate_calls, evaluate_refs, 0, &zero};

// A linear classifier of two findings, trained with momentum.
static const mrm_call classify_step_calls[] = {
  {test_scores, "model.scores", 0, 3, 1000, 4000},
  {test_classify_step, "model.step", 3, 8, 1000, 4000},
};
// image, labels, lr, momentum, weight, momentum.weight -> loss, weight, momentum.weight; scores and features lie in the arena.
static const mrm_ref classify_step_refs[] = {
  {2, 0, 0}, {6, 0, 0}, {0, 0, 0}, {2, 0, 0}, {3, 0, 0}, {4, 0, 0}, {5, 0, 0}, {6, 0, 0}, {7, 0, 0}, {0, 0, 0}, {8, 0, 0},
};
static const mrm_function classify_step = {
  "train_step", 256, 8, 6, 3, 2, 11, 0, 0, classify_step_calls, classify_step_refs, 0, &zero};

static const mrm_call classify_evaluate_calls[] = {
  {test_scores, "model.scores", 0, 3, 1000, 4000},
  {test_classify_loss, "model.loss", 3, 3, 1000, 4000},
};
// image, labels, weight -> scores, error
static const mrm_ref classify_evaluate_refs[] = {
  {2, 0, 0}, {4, 0, 0}, {5, 0, 0}, {3, 0, 0}, {5, 0, 0}, {6, 0, 0},
};
static const mrm_function classify_evaluate = {
  "evaluate", 64, 8, 3, 2, 2, 6, 0, 0, classify_evaluate_calls, classify_evaluate_refs, 0, &zero};

// image, weight -> scores
static const mrm_call classify_predict_calls[] = {{test_scores, "model.scores", 0, 3, 1000, 4000}};
static const mrm_ref classify_predict_refs[] = {{2, 0, 0}, {3, 0, 0}, {4, 0, 0}};
static const mrm_function classify_predict = {
  "predict", 64, 8, 2, 1, 1, 3, 0, 0, classify_predict_calls, classify_predict_refs, 0, &zero};

static const mrm_function *const functions[] = {&train_step, &accumulate, &apply, &evaluate, 0};
static const mrm_function *const classify_functions[] = {
  &classify_step, &classify_evaluate, &classify_predict, 0};
static const char *const ir_names[] = {"graph", "buffer"};
static const char *const ir_texts[] = {"func @loss() {}\n", "buffer @loss {}\n"};

const mrm_program test_program = {"{}", functions, 2, 0, ir_names, ir_texts};
const mrm_program test_classifier = {"{}", classify_functions, 2, 0, ir_names, ir_texts};
