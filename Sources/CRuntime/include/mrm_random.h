// Initial values of parameters: each value depends on (key, its index) only.
#ifndef MRM_RANDOM_H
#define MRM_RANDOM_H
#include <stddef.h>
#include <stdint.h>

// Uniform in (-limit, limit).
void mrm_fill_uniform(float *values, size_t count, uint64_t key, double limit);
// Normal with mean 0 (Box-Muller).
void mrm_fill_normal(float *values, size_t count, uint64_t key, double deviation);
void mrm_fill_constant(float *values, size_t count, float value);
// The fixed position table [1 + grid * grid, dim] of a grid of patches, row by row, after a row of zeros: the first
// half of the channels from the column, the second from the row, each [sin, cos] of position * omega(i) with
// omega(i) = 10000^(-i / (2 h)), h = dim / 2, or with is_mae 10000^(-2 i / h).
void mrm_fill_sincos_2d(float *values, size_t dim, size_t grid, int32_t is_mae);

#endif
