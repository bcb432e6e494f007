#ifndef PHANTOM_ANATOMY_H
#define PHANTOM_ANATOMY_H

#include "include/phantom.h"
#include "noise.h"

/// What is known of one scene point before lesions: the density, and where in which lung it lies.
typedef struct tissue {
  float density;
  /// 0 outside, 1 well inside the lung.
  float lung;
  /// Distance to the lateral and apical chest wall inside the lung, in scene units.
  float wall;
  /// 0 at the apex, 1 at the dome.
  float height;
  /// Density that lesions may replace: vessels and texture.
  float markings;
  int32_t side;
  float lateral;
} tissue;

/// The density of the chest at (x, y) without lesions.
tissue phantom_anatomy(const phantom_scene *scene, float x, float y);

/// Adds one lesion to the tissue at (x, y). Returns how much of the point it covers, 0 to 1, whatever its contrast.
float phantom_add_lesion(const phantom_scene *scene, const phantom_lesion *lesion, float x, float y, tissue *at);

#endif
