#include "anatomy.h"

#include <string.h>

/// Densities above this are compressed so that the densest parts keep their edges.
#define KNEE 0.70f
/// The part of the grey scale at either end that is flattened.
#define TOE 0.12f
/// The display curve is tabulated over densities 0 to DENSEST.
#define TONES 2048
#define DENSEST 2.0f

void phantom_place(const phantom_scene *s, int32_t side, float x, float y, float *pixel_x, float *pixel_y) {
  float c = cosf(s->angle), n = sinf(s->angle), scale = 0.5f * (float)side;
  *pixel_x = (((x * c - y * n) * s->zoom + s->shift_x) + 1) * scale;
  *pixel_y = (((x * n + y * c) * s->zoom + s->shift_y) + 1) * scale;
}

static void draw_stroke(const phantom_scene *s, const phantom_stroke *k, int32_t side, float *field) {
  float x0, y0, x1, y1;
  phantom_place(s, side, k->x0, k->y0, &x0, &y0);
  phantom_place(s, side, k->x1, k->y1, &x1, &y1);
  float r = k->radius * s->zoom * 0.5f * (float)side;
  int32_t left = (int32_t)floorf(fminf(x0, x1) - r - 1), right = (int32_t)ceilf(fmaxf(x0, x1) + r + 1);
  int32_t top = (int32_t)floorf(fminf(y0, y1) - r - 1), bottom = (int32_t)ceilf(fmaxf(y0, y1) + r + 1);
  if (left < 0) left = 0;
  if (top < 0) top = 0;
  if (right > side) right = side;
  if (bottom > side) bottom = side;
  float dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy;
  for (int32_t j = top; j < bottom; j++) {
    for (int32_t i = left; i < right; i++) {
      float px = (float)i + 0.5f - x0, py = (float)j + 0.5f - y0;
      float t = length > 0 ? clamp01((px * dx + py * dy) / length) : 0;
      float ex = px - t * dx, ey = py - t * dy;
      float cover = clamp01(r - sqrtf(ex * ex + ey * ey) + 0.5f) * k->alpha;
      float *v = &field[j * side + i];
      *v += cover * (k->level - *v);
    }
  }
}

/// The grey value, 0 to 1, that the film shows for a density.
static float display(const phantom_scene *s, float v) {
  if (v > KNEE) v = KNEE + (1 - KNEE) * (1 - expf((KNEE - v) / (1 - KNEE)));
  return s->lift + s->gain * powf(v, s->gamma);
}

/// Keeps values in (0, 1): straight in the middle, ever flatter towards both ends, so that nothing is cut off.
static float squeeze(float v) {
  float over = v > 0.5f ? v - (1 - TOE) : TOE - v;
  if (over <= 0) return v;
  float kept = TOE * TOE / (TOE + over);
  return v > 0.5f ? 1 - kept : kept;
}

/// Brings the values to the mean and the standard deviation of the scene.
static void expose(const phantom_scene *s, float *field, size_t count) {
  double sum = 0, squares = 0;
  for (size_t k = 0; k < count; k++) {
    sum += field[k];
    squares += (double)field[k] * field[k];
  }
  double mean = sum / (double)count, variance = squares / (double)count - mean * mean;
  float gain = s->deviation / (float)sqrt(variance > 1e-6 ? variance : 1e-6);
  for (size_t k = 0; k < count; k++) field[k] = s->mean + gain * (field[k] - (float)mean);
}

void phantom_render(const phantom_scene *s, const phantom_lesion *lesions, int32_t lesion_count,
                    const phantom_stroke *strokes, int32_t stroke_count, int32_t side, float *field,
                    uint8_t *pixels, uint8_t *areas) {
  float c = cosf(s->angle), n = sinf(s->angle), step = 2.0f / (float)side;
  size_t count = (size_t)side * (size_t)side;
  if (areas) memset(areas, 0, count * (size_t)lesion_count);
  for (int32_t j = 0; j < side; j++) {
    float v = ((float)j + 0.5f) * step - 1 - s->shift_y;
    for (int32_t i = 0; i < side; i++) {
      float u = ((float)i + 0.5f) * step - 1 - s->shift_x;
      float x = (u * c + v * n) / s->zoom, y = (v * c - u * n) / s->zoom;
      tissue at = phantom_anatomy(s, x, y);
      if (at.lung > 0 || (lesion_count > 0 && at.density > 0.1f)) {
        for (int32_t k = 0; k < lesion_count; k++) {
          float cover = phantom_add_lesion(s, &lesions[k], x, y, &at);
          if (areas && cover > 0.5f) areas[(size_t)k * count + (size_t)(j * side + i)] = 255;
        }
      }
      field[j * side + i] = at.density + at.markings;
    }
  }
  for (int32_t k = 0; k < stroke_count; k++) draw_stroke(s, &strokes[k], side, field);
  float tone[TONES + 2];
  for (int32_t k = 0; k < TONES + 2; k++) tone[k] = display(s, (float)k * (DENSEST / TONES));
  for (int32_t k = 0; k < side * side; k++) {
    float v = field[k] < 0 ? 0 : (field[k] > DENSEST ? DENSEST : field[k]) * (TONES / DENSEST);
    int32_t below = (int32_t)v;
    field[k] = tone[below] + (v - (float)below) * (tone[below + 1] - tone[below]);
  }
  if (s->deviation > 0) expose(s, field, count);
  for (int32_t k = 0; k < side * side; k++) {
    float v = field[k];
    v += s->shading * (2 * ((float)(k / side) + 0.5f) / (float)side - 1);
    v = squeeze(v);
    uint32_t h = hash2(k, 77, s->key), g = mix32(h + 0x51ed270bu);
    float grain = unit(h) + unit(h << 12) + unit(g) + unit(g << 12) - 2;
    v += s->noise * 1.7320508f * grain;
    pixels[k] = (uint8_t)(clamp01(v) * 255 + 0.5f);
  }
}
