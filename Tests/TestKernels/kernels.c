#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "model.h"

void test_increment(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread == 0) *(float *)args[0] += 1;
}

void test_count(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  ((int32_t *)args[0])[thread * 16] += 1;
}

void test_check(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)team;
  const int32_t *counts = args[0];
  int32_t *sums = args[1];
  int32_t mine = counts[thread * 16], other = counts[(thread + 1) % threads * 16];
  sums[thread * 16] += mine == other ? 1 : 1000000;
}

static mrm_offer *offer_of(const mrm_team *team, int32_t thread) {
  return (mrm_offer *)(team->offers + team->offer_stride * (uint64_t)thread);
}

void test_offer(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  int32_t *counts = args[0];
  mrm_offer *mine = offer_of(team, thread), *other = offer_of(team, (thread + 1) % threads);
  int32_t is_clear = mine->next == 0 && mine->done == 0;
  if (thread == 0 && *(int32_t *)args[1] > 0) usleep((useconds_t) * (int32_t *)args[1]);
  uint64_t mark = 1 + (uint64_t)counts[thread * 16];
  __atomic_store_n(&mine->next, mark, __ATOMIC_RELEASE);
  if (__atomic_load_n(&other->next, __ATOMIC_ACQUIRE) == 0) team->wait(team, thread, &other->next, 0);
  is_clear &= __atomic_load_n(&other->next, __ATOMIC_ACQUIRE) == mark;
  counts[thread * 16] += is_clear ? 1 : 1000000;
}

static void delay(int32_t thread) {
  const char *text = getenv("TEST_KERNEL_DELAY_US");
  if (thread == 0 && text) usleep((useconds_t)atoi(text));
}

// image, noise, seed -> features [B, F]: the means of the planes and of the noise, scaled a little by the seed.
void test_features(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  const float *image = args[0], *noise = args[1];
  int64_t seed = *(const int64_t *)args[2];
  float *features = args[3];
  double *sum = mrm_scratch(team, thread);
  delay(thread);
  for (int b = thread; b < B; b += threads) {
    for (int c = 0; c < 3; c++) {
      *sum = 0;
      for (int i = 0; i < S * S; i++) *sum += image[(b * 3 + c) * S * S + i];
      features[b * F + c] = (float)(*sum / (S * S)) * (1 + 0.01f * (float)(seed % 13));
    }
    *sum = 0;
    for (int i = 0; i < L; i++) *sum += noise[b * L + i];
    features[b * F + 3] = (float)(*sum / L);
  }
}

// features, labels, ids, weight, bias -> errors [B], loss, loss_image, loss_report
void test_loss(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  const float *features = args[0], *weight = args[3], *bias = args[4];
  const int32_t *labels = args[1], *ids = args[2];
  float *errors = args[5], squares = 0, masked = 0;
  for (int b = 0; b < B; b++) {
    float target = 0, prediction = bias[0];
    for (int t = 0; t < T; t++) {
      target += 0.05f * (float)labels[b * T + t];
      if (ids[b * T + t] != labels[b * T + t]) masked += 1;
    }
    for (int f = 0; f < F; f++) prediction += weight[f] * features[b * F + f];
    errors[b] = prediction - target;
    squares += errors[b] * errors[b];
  }
  float *loss = args[6], *loss_image = args[7], *loss_report = args[8];
  *loss_image = squares / B;
  *loss_report = 0.01f * masked / B;
  *loss = *loss_image + *loss_report;
}

// features, errors -> gradient [F + 1] of weight and bias
void test_gradient(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)team;
  const float *features = args[0], *errors = args[1];
  float *gradient = args[2];
  for (int f = thread; f <= F; f += threads) {
    float sum = 0;
    for (int b = 0; b < B; b++) sum += 2 * errors[b] / B * (f < F ? features[b * F + f] : 1);
    gradient[f] = sum;
  }
}

// gradient, scale, grad_sum.weight, grad_sum.bias
void test_accumulate(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  const float *gradient = args[0];
  float scale = *(const float *)args[1];
  for (int f = 0; f < F; f++) ((float *)args[2])[f] += scale * gradient[f];
  *(float *)args[3] += scale * gradient[F];
}

// grad_sum.weight, grad_sum.bias -> gradient; the sums become 0
void test_gather(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  float *gradient = args[2];
  memcpy(gradient, args[0], F * sizeof(float));
  gradient[F] = *(float *)args[1];
  memset(args[0], 0, F * sizeof(float));
  memset(args[1], 0, sizeof(float));
}

static void adamw(float *p, float *m, float *v, const float *g, int n, float lr, int64_t step, float decay) {
  float c1 = 1 - powf(0.9f, (float)step), c2 = 1 - powf(0.95f, (float)step);
  for (int i = 0; i < n; i++) {
    p[i] -= lr * decay * p[i];
    m[i] = 0.9f * m[i] + 0.1f * g[i];
    v[i] = 0.95f * v[i] + 0.05f * g[i] * g[i];
    p[i] -= lr * (m[i] / c1) / (sqrtf(v[i] / c2) + 1e-8f);
  }
}

// gradient, lr, step, weight_decay, weight, bias, moments of both -> grad_norm
void test_update(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  const float *gradient = args[0];
  float lr = *(const float *)args[1], decay = *(const float *)args[3], norm = 0;
  int64_t step = *(const int64_t *)args[2];
  for (int f = 0; f <= F; f++) norm += gradient[f] * gradient[f];
  adamw(args[4], args[6], args[8], gradient, F, lr, step, decay);
  adamw(args[5], args[7], args[9], gradient + F, 1, lr, step, 0);
  *(float *)args[10] = sqrtf(norm);
}

// errors, ids, labels, image, noise -> image_error, report_error_sum, report_count, masked_correct, masked_count,
// prediction, target, mask, predicted_ids
void test_evaluate(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)team;
  const float *errors = args[0], *image = args[3], *noise = args[4];
  const int32_t *ids = args[1], *labels = args[2];
  const int P = 4, N = P * P * 3, G = S / P;
  float *prediction = args[10], *target = args[11], *mask = args[12];
  for (int b = thread; b < B; b += threads) {
    float masked = 0;
    for (int t = 0; t < T; t++) {
      if (ids[b * T + t] != labels[b * T + t]) masked += 1;
      ((int32_t *)args[13])[b * T + t] = 4;
    }
    float correct = 0;
    for (int t = 0; t < T; t++) correct += ids[b * T + t] != labels[b * T + t] && labels[b * T + t] == 4;
    ((float *)args[5])[b] = errors[b] * errors[b];
    ((float *)args[6])[b] = 0.5f * masked;
    ((float *)args[7])[b] = masked;
    ((float *)args[8])[b] = correct;
    ((float *)args[9])[b] = masked;
    for (int l = 0; l < L; l++) {
      mask[b * L + l] = noise[b * L + l] > 0.5f;
      for (int i = 0; i < N; i++) {
        int y = l / G * P + i / 3 / P, x = l % G * P + i / 3 % P;
        target[(b * L + l) * N + i] = image[((b * 3 + i % 3) * S + y) * S + x];
        prediction[(b * L + l) * N + i] = 0;
      }
    }
  }
}

// image, weight [K, F] -> scores [B, K] in 0 to 1. The features are the means of the three planes and 1.
void test_scores(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)team;
  const float *image = args[0], *weight = args[1];
  float *scores = args[2];
  delay(thread);
  for (int b = thread; b < B; b += threads)
    for (int k = 0; k < K; k++) {
      float sum = weight[k * F + 3];
      for (int c = 0; c < 3; c++) {
        double mean = 0;
        for (int i = 0; i < S * S; i++) mean += image[(b * 3 + c) * S * S + i];
        sum += weight[k * F + c] * (float)(mean / (S * S));
      }
      scores[b * K + k] = 1 / (1 + expf(-sum));
    }
}

static float entropy(float score, float label) {
  return label < 0 ? 0 : -(label * logf(score) + (1 - label) * logf(1 - score));
}

// image, labels, lr, momentum, weight, velocity, scores -> loss; labels below 0 are left out.
void test_classify_step(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  const float *image = args[0], *labels = args[1], *scores = args[6];
  float lr = *(const float *)args[2], momentum = *(const float *)args[3];
  float *weight = args[4], *velocity = args[5], gradient[K * F] = {0}, loss = 0;
  for (int b = 0; b < B; b++)
    for (int k = 0; k < K; k++) {
      float label = labels[b * K + k], score = scores[b * K + k];
      if (label < 0) continue;
      loss += entropy(score, label) / (B * K);
      for (int f = 0; f < F; f++) {
        double mean = f == 3 ? 1 : 0;
        for (int i = 0; f < 3 && i < S * S; i++) mean += image[(b * 3 + f) * S * S + i] / (S * S);
        gradient[k * F + f] += (score - label) / (B * K) * (float)mean;
      }
    }
  for (int i = 0; i < K * F; i++) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    weight[i] -= lr * velocity[i];
  }
  *(float *)args[7] = loss;
}

// labels, scores -> error [B]
void test_classify_loss(void *const *args, int32_t thread, int32_t threads, const mrm_team *team) {
  (void)threads, (void)team;
  if (thread != 0) return;
  const float *labels = args[0], *scores = args[1];
  float *error = args[2];
  for (int b = 0; b < B; b++) {
    error[b] = 0;
    for (int k = 0; k < K; k++) error[b] += entropy(scores[b * K + k], labels[b * K + k]) / K;
  }
}
