#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image_ops.h"

// A fused multiply-add would round the weights differently on another CPU.
#pragma STDC FP_CONTRACT OFF

// One source for every CPU: the loader picks the version the machine can run. All arithmetic in these loops is on
// integers, so the versions agree to the bit.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#define CLONED __attribute__((target_clones("avx2", "default")))
#else
#define CLONED
#endif

#define PRECISION_BITS 22  // 32 bits less 8 of the pixel, 1 of sign, 1 of headroom
#define LANES 16           // rows filtered together by the horizontal pass

// Weights of one direction: output i reads inputs first[i] ..< first[i] + count[i] with weights[i * stride + ...].
typedef struct {
  uint32_t *first, *count;
  int32_t *weights;
  uint32_t stride;
} filter;

static double bicubic(double x) {
  const double a = -0.5;
  if (x < 0) x = -x;
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

static double bilinear(double x) {
  if (x < 0) x = -x;
  return x < 1 ? 1 - x : 0;
}

static void free_filter(filter *f) {
  free(f->first);
  free(f->count);
  free(f->weights);
}

// Weights for outputs `offset` ..< `offset + size` of the `resized` that `length` inputs become.
static int make_filter(filter *f, mrm_image_filter kind, uint32_t length, uint32_t resized, uint32_t offset,
                       uint32_t size) {
  double scale = (double)length / resized;
  double filter_scale = scale < 1 ? 1 : scale;
  double support = (kind == MRM_IMAGE_BILINEAR ? 1.0 : 2.0) * filter_scale, inverse = 1.0 / filter_scale;
  f->stride = (uint32_t)ceil(support) * 2 + 1;
  f->first = malloc(sizeof(uint32_t) * size);
  f->count = malloc(sizeof(uint32_t) * size);
  f->weights = calloc((size_t)size * f->stride, sizeof(int32_t));
  double *row = malloc(sizeof(double) * f->stride);
  if (!f->first || !f->count || !f->weights || !row) {
    free(row);
    return 0;
  }
  for (uint32_t i = 0; i < size; i++) {
    double centre = (offset + i + 0.5) * scale, total = 0;
    double from = centre - support + 0.5, to = centre + support + 0.5;
    uint32_t first = from < 0 ? 0 : (uint32_t)from;
    uint32_t end = to > length ? length : (uint32_t)to;
    uint32_t count = end - first;
    for (uint32_t k = 0; k < count; k++) {
      double x = ((double)k + first - centre + 0.5) * inverse;
      row[k] = kind == MRM_IMAGE_BILINEAR ? bilinear(x) : bicubic(x);
      total += row[k];
    }
    for (uint32_t k = 0; k < count; k++) {
      double weight = (total != 0 ? row[k] / total : row[k]) * (1 << PRECISION_BITS);
      f->weights[(size_t)i * f->stride + k] = (int32_t)(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    f->first[i] = first;
    f->count[i] = count;
  }
  free(row);
  return 1;
}

static inline __attribute__((always_inline)) uint8_t clip(int32_t sum) {
  int32_t value = sum >> PRECISION_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// `block` holds LANES rows of one channel, transposed: block[x * LANES + lane]. Writes `size` pixels of each row.
CLONED static void filter_columns(const uint8_t *restrict block, const filter *f, uint32_t size,
                                  uint8_t *restrict out) {
  for (uint32_t i = 0; i < size; i++) {
    const int32_t *weights = f->weights + (size_t)i * f->stride;
    const uint8_t *in = block + (size_t)f->first[i] * LANES;
    int32_t sum[LANES];
    for (int lane = 0; lane < LANES; lane++) sum[lane] = 1 << (PRECISION_BITS - 1);
    for (uint32_t k = 0, n = f->count[i]; k < n; k++)
      for (int lane = 0; lane < LANES; lane++) sum[lane] += weights[k] * in[k * LANES + lane];
    for (int lane = 0; lane < LANES; lane++) out[(size_t)lane * size + i] = clip(sum[lane]);
  }
}

// One output row of `size` pixels from `count` rows below each other.
CLONED static void filter_rows(const uint8_t *restrict in, const int32_t *restrict weights, uint32_t count,
                               uint32_t size, int32_t *restrict sum, uint8_t *restrict out) {
  for (uint32_t x = 0; x < size; x++) sum[x] = 1 << (PRECISION_BITS - 1);
  for (uint32_t k = 0; k < count; k++)
    for (uint32_t x = 0; x < size; x++) sum[x] += weights[k] * in[(size_t)k * size + x];
  for (uint32_t x = 0; x < size; x++) out[x] = clip(sum[x]);
}

// LANES rows (fewer at the end: the last one repeats) of channel `channel`, transposed.
static void transpose_rows(const mrm_image *image, const mrm_resample_plan *plan, uint32_t row, uint32_t rows,
                           uint32_t channel, uint8_t *block) {
  for (uint32_t lane = 0; lane < LANES; lane++) {
    uint32_t y = plan->top + row + (lane < rows ? lane : rows - 1);
    const uint8_t *in = image->pixels + ((size_t)y * image->width + plan->left) * image->channels + channel;
    for (uint32_t x = 0; x < plan->width; x++) block[(size_t)x * LANES + lane] = in[(size_t)x * image->channels];
  }
}

typedef struct {
  filter across, down;
  uint8_t *block;    // width × LANES
  uint8_t *columns;  // rows (rounded up to LANES) × size: one channel after the horizontal pass
  int32_t *sum;      // size
  uint8_t *planes;   // image channels × size × size
} workspace;

static void resample_channel(const mrm_image *image, const mrm_resample_plan *plan, workspace *w, uint32_t channel) {
  uint32_t size = plan->size, low = w->down.first[0], high = 0;
  for (uint32_t i = 0; i < size; i++)
    if (w->down.first[i] + w->down.count[i] > high) high = w->down.first[i] + w->down.count[i];
  for (uint32_t row = low; row < high; row += LANES) {
    transpose_rows(image, plan, row, high - row < LANES ? high - row : LANES, channel, w->block);
    filter_columns(w->block, &w->across, size, w->columns + (size_t)(row - low) * size);
  }
  uint8_t *plane = w->planes + (size_t)channel * size * size;
  for (uint32_t i = 0; i < size; i++)
    filter_rows(w->columns + (size_t)(w->down.first[i] - low) * size, w->down.weights + (size_t)i * w->down.stride,
                w->down.count[i], size, w->sum, plane + (size_t)i * size);
}

// ITU-R 601 luma with Pillow's rounding, over the first plane.
static void luma(uint8_t *planes, size_t count) {
  for (size_t i = 0; i < count; i++)
    planes[i] = (uint8_t)((planes[i] * 19595u + planes[count + i] * 38470u + planes[2 * count + i] * 7471u + 0x8000u) >>
                          16);
}

static void normalise(const uint8_t *plane, const mrm_resample_plan *plan, float *out) {
  float table[256];
  for (int i = 0; i < 256; i++) table[i] = ((float)i / 255.0f - plan->mean) / plan->std;
  uint32_t size = plan->size;
  for (uint32_t y = 0; y < size; y++, plane += size, out += size) {
    if (plan->flip)
      for (uint32_t x = 0; x < size; x++) out[x] = table[plane[size - 1 - x]];
    else
      for (uint32_t x = 0; x < size; x++) out[x] = table[plane[x]];
  }
}

mrm_image_status mrm_image_resample(const mrm_image *image, const mrm_resample_plan *plan, float *out) {
  uint32_t size = plan->size;
  size_t area = (size_t)size * size, rows = (size_t)plan->height + LANES;
  workspace w = {0};
  mrm_image_status status = MRM_IMAGE_OUT_OF_MEMORY;
  w.block = malloc((size_t)plan->width * LANES);
  w.columns = malloc(rows * size);
  w.sum = malloc(sizeof(int32_t) * size);
  w.planes = malloc(area * image->channels);
  if (w.block && w.columns && w.sum && w.planes &&
      make_filter(&w.across, plan->filter, plan->width, plan->resized_width, plan->window_left, size) &&
      make_filter(&w.down, plan->filter, plan->height, plan->resized_height, plan->window_top, size)) {
    for (uint32_t c = 0; c < image->channels; c++) resample_channel(image, plan, &w, c);
    if (image->channels == 3 && plan->channels == 1) luma(w.planes, area);
    for (uint32_t c = 0; c < plan->channels; c++) {
      if (image->channels == 1 && c > 0)
        memcpy(out + c * area, out, area * sizeof(float));
      else
        normalise(w.planes + c * area, plan, out + c * area);
    }
    status = MRM_IMAGE_OK;
  }
  free_filter(&w.across);
  free_filter(&w.down);
  free(w.block);
  free(w.columns);
  free(w.sum);
  free(w.planes);
  return status;
}
