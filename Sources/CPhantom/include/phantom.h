#ifndef PHANTOM_H
#define PHANTOM_H

#include <stdint.h>

/// Scene coordinates: x and y in [-1, 1] over the picture, x to the right, y downwards, before the small rotation,
/// shift and zoom of the patient. Densities: 0 is air, about 1 is bone; bright is dense, as on a radiograph.

/// The two lungs in arrays of the scene stand in picture order: 0 on the left of the picture (the patient's right).
enum { PHANTOM_LUNGS = 2 };

/// The texture of both lungs.
enum phantom_texture {
  PHANTOM_TEXTURE_LUCENT = 0,
  PHANTOM_TEXTURE_CLEAR = 1,
  PHANTOM_TEXTURE_NODULAR = 2,
  PHANTOM_TEXTURE_HAZY = 3,
};

/// What a lesion is; the first six are bounded by an ellipse, the rest follow the pleura of a whole lung.
enum phantom_lesion_kind {
  PHANTOM_CONSOLIDATION = 0,
  PHANTOM_MASS = 1,
  PHANTOM_CAVITY = 2,
  PHANTOM_BULLA = 3,
  PHANTOM_ATELECTASIS = 4,
  PHANTOM_CALCIFICATION = 5,
  PHANTOM_EFFUSION = 6,
  PHANTOM_PNEUMOTHORAX = 7,
  PHANTOM_FIBROTHORAX = 8,
};

typedef struct phantom_lesion {
  int32_t kind;
  /// 0 or 1, in picture order.
  int32_t lung;
  float x, y, rx, ry;
  /// Pleural lesions only: the part of the lung's height (effusion) or the depth in scene units (the others).
  float extent;
  /// How much of its density is there: 1 is all, 0 none.
  float contrast;
  uint32_t key;
} phantom_lesion;

/// A line with round ends, drawn over the anatomy towards `level` with `alpha`.
typedef struct phantom_stroke {
  float x0, y0, x1, y1, radius, level, alpha;
} phantom_stroke;

typedef struct phantom_scene {
  float angle, shift_x, shift_y, zoom;
  float torso_half, shoulder_half, soft_tissue;
  float lung_half, apex_y, dome_y[PHANTOM_LUNGS], dome_height, mediastinum_half;
  float heart_x, heart_y, heart_rx, heart_ry, heart_tilt;
  float bone, rib_spacing, rib_phase, rib_slope;
  float vessels, texture_strength, texture_scale;
  int32_t texture;
  /// Bowel gas (0 to 1) and the density that fluid adds, below the diaphragm.
  float belly_gas, belly_fluid;
  /// Display: value = lift + gain * density^gamma.
  float gamma, lift, gain;
  /// Automatic exposure: with `deviation` above 0 the picture, whatever is in it, is brought to this mean and standard
  /// deviation, as parts of the full range, before its ends are flattened. With 0 it stays as it is.
  float mean, deviation;
  /// How much paler the lower edge is than the middle, as a part of the full range; the upper edge is as much darker.
  float shading;
  /// Standard deviation of the grain, of the full range 1.
  float noise;
  uint32_t key;
} phantom_scene;

/// Renders `side` x `side` grey pixels into `pixels`; `field` holds side * side floats. Unless it is null, `areas` holds
/// side * side bytes for each lesion, one after the other: 255 where the lesion is, 0 elsewhere.
void phantom_render(const phantom_scene *scene, const phantom_lesion *lesions, int32_t lesion_count,
                    const phantom_stroke *strokes, int32_t stroke_count, int32_t side, float *field,
                    uint8_t *pixels, uint8_t *areas);

/// Where a scene point lies in the picture, in pixels (the centre of the first pixel is 0.5).
void phantom_place(const phantom_scene *scene, int32_t side, float x, float y, float *pixel_x, float *pixel_y);

#endif
