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

static const char manifest[] =
    "{\"format\":1,\"model\":\"linear-probe\",\"precision\":\"f32\",\"optimization\":2,\"target_cpu\":\"any\",\"cpu_f"
    "eatures\":[],\"ir_hash\":\"0123456789abcdef\",\"batch\":2,\"compiler\":\"by hand\",\"options\":{\"lambda\":\"1\""
    "},\"build_flags\":[],\"geometry\":{\"image_size\":8,\"channels\":3,\"low_patch\":2,\"high_patch\":4,\"patches\":4,\"visible\":2,\"t"
    "okens\":6,\"vocabulary\":12},\"parameters\":[{\"name\":\"weight\",\"shape\":[4],\"dtype\":\"f32\",\"trainable\":"
    "true,\"decay\":true,\"init\":{\"kind\":\"xavier_uniform\",\"fan_in\":4,\"fan_out\":1},\"aliases\":[]},{\"name\":"
    "\"bias\",\"shape\":[1],\"dtype\":\"f32\",\"trainable\":true,\"decay\":false,\"init\":{\"kind\":\"zeros\"},\"alia"
    "ses\":[\"decoder.bias\"]},{\"name\":\"table\",\"shape\":[1,65,16],\"dtype\":\"f32\",\"trainable\":false,\"decay"
    "\":false,\"init\":{\"kind\":\"sincos_2d\",\"dim\":16,\"grid\":8,\"variant\":\"mrm\"},\"aliases\":[]}],\"function"
    "s\":[{\"name\":\"train_step\",\"inputs\":[{\"name\":\"image\",\"dtype\":\"f32\",\"shape\":[2,3,8,8]},{\"name\":"
    "\"noise\",\"dtype\":\"f32\",\"shape\":[2,4]},{\"name\":\"ids\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"la"
    "bels\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"attention_mask\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"nam"
    "e\":\"seed\",\"dtype\":\"i64\",\"shape\":[]},{\"name\":\"lr\",\"dtype\":\"f32\",\"shape\":[]},{\"name\":\"step\""
    ",\"dtype\":\"i64\",\"shape\":[]},{\"name\":\"weight_decay\",\"dtype\":\"f32\",\"shape\":[]},{\"name\":\"weight\""
    ",\"dtype\":\"f32\",\"shape\":[4]},{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"table\",\"dtyp"
    "e\":\"f32\",\"shape\":[1,65,16]},{\"name\":\"exp_avg.weight\",\"dtype\":\"f32\",\"shape\":[4]},{\"name\":\"exp_a"
    "vg.bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"exp_avg_sq.weight\",\"dtype\":\"f32\",\"shape\":[4]},{\"n"
    "ame\":\"exp_avg_sq.bias\",\"dtype\":\"f32\",\"shape\":[1]}],\"outputs\":[{\"name\":\"loss\",\"dtype\":\"f32\",\""
    "shape\":[],\"alias\":null},{\"name\":\"loss_image\",\"dtype\":\"f32\",\"shape\":[],\"alias\":null},{\"name\":\"l"
    "oss_report\",\"dtype\":\"f32\",\"shape\":[],\"alias\":null},{\"name\":\"grad_norm\",\"dtype\":\"f32\",\"shape\":"
    "[],\"alias\":null},{\"name\":\"weight\",\"dtype\":\"f32\",\"shape\":[4],\"alias\":9},{\"name\":\"bias\",\"dtype"
    "\":\"f32\",\"shape\":[1],\"alias\":10},{\"name\":\"exp_avg.weight\",\"dtype\":\"f32\",\"shape\":[4],\"alias\":12"
    "},{\"name\":\"exp_avg.bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias\":13},{\"name\":\"exp_avg_sq.weight\",\"dty"
    "pe\":\"f32\",\"shape\":[4],\"alias\":14},{\"name\":\"exp_avg_sq.bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias\""
    ":15}]},{\"name\":\"accumulate\",\"inputs\":[{\"name\":\"image\",\"dtype\":\"f32\",\"shape\":[2,3,8,8]},{\"name\""
    ":\"noise\",\"dtype\":\"f32\",\"shape\":[2,4]},{\"name\":\"ids\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"l"
    "abels\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"attention_mask\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"na"
    "me\":\"seed\",\"dtype\":\"i64\",\"shape\":[]},{\"name\":\"scale\",\"dtype\":\"f32\",\"shape\":[]},{\"name\":\"we"
    "ight\",\"dtype\":\"f32\",\"shape\":[4]},{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"table\","
    "\"dtype\":\"f32\",\"shape\":[1,65,16]},{\"name\":\"grad_sum.weight\",\"dtype\":\"f32\",\"shape\":[4]},{\"name\":"
    "\"grad_sum.bias\",\"dtype\":\"f32\",\"shape\":[1]}],\"outputs\":[{\"name\":\"loss\",\"dtype\":\"f32\",\"shape\":"
    "[],\"alias\":null},{\"name\":\"loss_image\",\"dtype\":\"f32\",\"shape\":[],\"alias\":null},{\"name\":\"loss_repo"
    "rt\",\"dtype\":\"f32\",\"shape\":[],\"alias\":null},{\"name\":\"grad_sum.weight\",\"dtype\":\"f32\",\"shape\":[4"
    "],\"alias\":10},{\"name\":\"grad_sum.bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias\":11}]},{\"name\":\"apply\","
    "\"inputs\":[{\"name\":\"lr\",\"dtype\":\"f32\",\"shape\":[]},{\"name\":\"step\",\"dtype\":\"i64\",\"shape\":[]},"
    "{\"name\":\"weight_decay\",\"dtype\":\"f32\",\"shape\":[]},{\"name\":\"weight\",\"dtype\":\"f32\",\"shape\":[4]}"
    ",{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"grad_sum.weight\",\"dtype\":\"f32\",\"shape\":["
    "4]},{\"name\":\"grad_sum.bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"exp_avg.weight\",\"dtype\":\"f32\","
    "\"shape\":[4]},{\"name\":\"exp_avg.bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"exp_avg_sq.weight\",\"dty"
    "pe\":\"f32\",\"shape\":[4]},{\"name\":\"exp_avg_sq.bias\",\"dtype\":\"f32\",\"shape\":[1]}],\"outputs\":[{\"name"
    "\":\"grad_norm\",\"dtype\":\"f32\",\"shape\":[],\"alias\":null},{\"name\":\"weight\",\"dtype\":\"f32\",\"shape\""
    ":[4],\"alias\":3},{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias\":4},{\"name\":\"exp_avg.weight\","
    "\"dtype\":\"f32\",\"shape\":[4],\"alias\":7},{\"name\":\"exp_avg.bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias"
    "\":8},{\"name\":\"exp_avg_sq.weight\",\"dtype\":\"f32\",\"shape\":[4],\"alias\":9},{\"name\":\"exp_avg_sq.bias\""
    ",\"dtype\":\"f32\",\"shape\":[1],\"alias\":10},{\"name\":\"grad_sum.weight\",\"dtype\":\"f32\",\"shape\":[4],\"a"
    "lias\":5},{\"name\":\"grad_sum.bias\",\"dtype\":\"f32\",\"shape\":[1],\"alias\":6}]},{\"name\":\"evaluate\",\"in"
    "puts\":[{\"name\":\"image\",\"dtype\":\"f32\",\"shape\":[2,3,8,8]},{\"name\":\"noise\",\"dtype\":\"f32\",\"shape"
    "\":[2,4]},{\"name\":\"ids\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"labels\",\"dtype\":\"i32\",\"shape\":"
    "[2,6]},{\"name\":\"attention_mask\",\"dtype\":\"i32\",\"shape\":[2,6]},{\"name\":\"weight\",\"dtype\":\"f32\",\""
    "shape\":[4]},{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[1]},{\"name\":\"table\",\"dtype\":\"f32\",\"shape\""
    ":[1,65,16]}],\"outputs\":[{\"name\":\"image_error\",\"dtype\":\"f32\",\"shape\":[2],\"alias\":null},{\"name\":\""
    "report_error_sum\",\"dtype\":\"f32\",\"shape\":[2],\"alias\":null},{\"name\":\"report_count\",\"dtype\":\"f32\","
    "\"shape\":[2],\"alias\":null},{\"name\":\"masked_correct\",\"dtype\":\"f32\",\"shape\":[2],\"alias\":null},{\"na"
    "me\":\"masked_count\",\"dtype\":\"f32\",\"shape\":[2],\"alias\":null},{\"name\":\"prediction\",\"dtype\":\"f32\""
    ",\"shape\":[2,4,48],\"alias\":null},{\"name\":\"target\",\"dtype\":\"f32\",\"shape\":[2,4,48],\"alias\":null},{"
    "\"name\":\"mask\",\"dtype\":\"f32\",\"shape\":[2,4],\"alias\":null},{\"name\":\"predicted_ids\",\"dtype\":\"i32"
    "\",\"shape\":[2,6],\"alias\":null}]}]}";

static const mrm_function *const functions[] = {&train_step, &accumulate, &apply, &evaluate, 0};
static const char *const ir_names[] = {"graph", "buffer"};
static const char *const ir_texts[] = {"func @loss() {}\n", "buffer @loss {}\n"};

const mrm_program test_program = {manifest, functions, 2, 0, ir_names, ir_texts};
