#ifndef PHANTOM_NOISE_H
#define PHANTOM_NOISE_H

#include <math.h>
#include <stdint.h>

static inline float clamp01(float v) { return v < 0 ? 0 : (v > 1 ? 1 : v); }

static inline float smooth(float from, float to, float v) {
  float t = clamp01((v - from) * (1.0f / (to - from)));
  return t * t * (3 - 2 * t);
}

/// The largest whole number not above v.
static inline int32_t whole(float v) {
  int32_t i = (int32_t)v;
  return i - (v < (float)i);
}

static inline uint32_t mix32(uint32_t h) {
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  h ^= h >> 16;
  return h;
}

static inline uint32_t hash2(int32_t x, int32_t y, uint32_t key) {
  return mix32((uint32_t)x * 0x9e3779b1u + (uint32_t)y * 0x85ebca77u + key * 0xc2b2ae3du);
}

static inline float unit(uint32_t h) { return (float)(h >> 8) * (1.0f / 16777216.0f); }

/// Smooth value noise in [0, 1]; one lattice cell per unit.
static inline float value_noise(float x, float y, uint32_t key) {
  int32_t ix = whole(x), iy = whole(y);
  float tx = x - (float)ix, ty = y - (float)iy;
  tx = tx * tx * (3 - 2 * tx);
  ty = ty * ty * (3 - 2 * ty);
  float a = unit(hash2(ix, iy, key)), b = unit(hash2(ix + 1, iy, key));
  float c = unit(hash2(ix, iy + 1, key)), d = unit(hash2(ix + 1, iy + 1, key));
  float top = a + (b - a) * tx, bottom = c + (d - c) * tx;
  return top + (bottom - top) * ty;
}

/// 1 on the crests of value noise, falling to 0 away from them.
static inline float ridge_noise(float x, float y, uint32_t key) {
  return 1 - fabsf(2 * value_noise(x, y, key) - 1);
}

/// One round speck in each lattice cell, in a random place and size; 0 between them.
static inline float speck_noise(float x, float y, float radius, uint32_t key) {
  int32_t iy = whole(y);
  x += 0.5f * (float)(iy & 1);
  int32_t ix = whole(x);
  uint32_t h = hash2(ix, iy, key);
  float r = radius * (0.7f + 0.6f * unit(mix32(h + 3)));
  float cx = r + (1 - 2 * r) * unit(mix32(h + 1)), cy = r + (1 - 2 * r) * unit(mix32(h + 2));
  float dx = x - (float)ix - cx, dy = y - (float)iy - cy;
  return smooth(r, r * 0.45f, sqrtf(dx * dx + dy * dy));
}

#endif
