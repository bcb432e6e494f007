#include <math.h>
#include "mrm_random.h"

// Philox4x32-10 (Salmon et al., 2011).
static void philox(uint64_t key, uint64_t counter, uint32_t out[4]) {
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = 0, c3 = 0;
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)0xD2511F53u * c0, second = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(second >> 32) ^ c1 ^ k0;
    c1 = (uint32_t)second;
    c2 = (uint32_t)(first >> 32) ^ c3 ^ k1;
    c3 = (uint32_t)first;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void mrm_fill_uniform(float *values, size_t count, uint64_t key, double limit) {
  uint32_t words[4];
  for (size_t i = 0; i < count; i += 4) {
    philox(key, i / 4, words);
    for (size_t j = 0; j < 4 && i + j < count; j++)
      values[i + j] = (float)((2.0 * ((words[j] >> 8) + 0.5) * 0x1p-24 - 1.0) * limit);
  }
}

void mrm_fill_normal(float *values, size_t count, uint64_t key, double deviation) {
  uint32_t words[4];
  for (size_t i = 0; i < count; i += 4) {
    philox(key, i / 4, words);
    float four[4];
    for (int j = 0; j < 4; j += 2) {
      double radius = sqrt(-2.0 * log((words[j] + 1.0) * 0x1p-32)) * deviation;
      double angle = 6.283185307179586 * words[j + 1] * 0x1p-32;
      four[j] = (float)(radius * cos(angle));
      four[j + 1] = (float)(radius * sin(angle));
    }
    for (size_t j = 0; j < 4 && i + j < count; j++) values[i + j] = four[j];
  }
}

void mrm_fill_constant(float *values, size_t count, float value) {
  for (size_t i = 0; i < count; i++) values[i] = value;
}

void mrm_fill_sincos_2d(float *values, size_t dim, size_t grid, int32_t is_mae) {
  size_t half = dim / 2, quarter = half / 2;
  for (size_t i = 0; i < dim; i++) values[i] = 0;
  for (size_t row = 0; row < grid; row++)
    for (size_t column = 0; column < grid; column++) {
      float *out = values + (1 + row * grid + column) * dim;
      for (size_t i = 0; i < quarter; i++) {
        double exponent = is_mae ? 2.0 * (double)i / (double)half : (double)i / (2.0 * (double)half);
        double omega = 1.0 / pow(10000.0, exponent);
        out[i] = (float)sin((double)column * omega);
        out[quarter + i] = (float)cos((double)column * omega);
        out[half + i] = (float)sin((double)row * omega);
        out[half + quarter + i] = (float)cos((double)row * omega);
      }
    }
}
