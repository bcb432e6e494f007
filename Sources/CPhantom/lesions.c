#include "anatomy.h"

/// Raises the density towards that of the lesion; what is denser already, such as the heart, stays.
static void fill(tissue *at, float level, float cover) {
  if (level > at->density) at->density += cover * (level - at->density);
}

/// Fluid: a meniscus that climbs towards the wall, opaque below it.
static float effusion(const phantom_scene *s, const phantom_lesion *l, float x, float y, tissue *at) {
  float level = 1 - l->extent;
  float reach = at->lateral / s->lung_half;
  float climb = 0.20f * reach * reach * reach;
  float fluid = smooth(level - climb - 0.02f, level - climb + 0.03f, at->height) * at->lung;
  fill(at, 0.69f + 0.04f * value_noise(x * 6, y * 6, l->key), fluid * 0.94f * l->contrast);
  at->markings *= 1 - fluid * l->contrast;
  return fluid;
}

/// Free air round a shrunken lung: no markings outside the pleural line, more density inside.
static float pneumothorax(const phantom_lesion *l, float y, tissue *at) {
  float edge = l->extent * (1.15f - 0.45f * clamp01(at->height)) + 0.012f * value_noise(y * 6, 1, l->key);
  float line = smooth(0.016f, 0.004f, fabsf(at->wall - edge));
  float free = smooth(edge + 0.004f, edge - 0.004f, at->wall) * at->lung;
  at->density += at->lung * (line * 0.26f - free * 0.15f + (1 - free) * 0.13f) * l->contrast;
  at->markings *= 1 - free * l->contrast;
  return free;
}

/// A peel of pleura along the chest wall, lobulated on its inner side.
static float fibrothorax(const phantom_lesion *l, float x, float y, tissue *at) {
  float edge = l->extent * (0.65f + 0.7f * value_noise(y * 5, x * 2, l->key));
  float peel = smooth(edge + 0.012f, edge - 0.012f, at->wall) * at->lung;
  fill(at, 0.62f + 0.08f * value_noise(x * 14, y * 14, l->key + 1), peel * 0.9f * l->contrast);
  at->markings *= 1 - peel * l->contrast;
  return peel;
}

/// Plates of collapsed lung: slanted bright bands over the width of the lung.
static float atelectasis(const phantom_lesion *l, float x, float y, tissue *at) {
  float slant = (unit(mix32(l->key)) - 0.5f) * 0.35f;
  float across = (y - l->y - slant * (x - l->x)) / l->ry;
  float limit = smooth(1.05f, 0.9f, fabsf(x - l->x) / (l->rx * 1.25f)) * at->lung;
  if (fabsf(across) > 1.15f || limit <= 0) return 0;
  float p = (across + 1) * 1.5f + 0.10f * value_noise(x * 9, y * 4, l->key + 1);
  float t = fabsf(p - (float)whole(p) - 0.5f) * 2;
  float plate = smooth(0.62f, 0.40f, t) * smooth(1.12f, 1.0f, fabsf(across));
  fill(at, 0.60f, limit * plate * 0.85f * l->contrast);
  at->markings *= 1 - plate * limit * l->contrast;
  return limit * plate;
}

/// Lesions bounded by an ellipse; `r` is 1 on its edge.
static float bounded(const phantom_lesion *l, float x, float y, tissue *at) {
  float dx = (x - l->x) / l->rx, dy = (y - l->y) / l->ry;
  float square = dx * dx + dy * dy;
  if (square > 2.0f) return 0;
  float r = sqrtf(square);
  float rough = value_noise(x * 9, y * 9, l->key) - 0.5f;
  float inside = 0.25f + 0.75f * at->lung;
  switch (l->kind) {
    case PHANTOM_CONSOLIDATION: {
      float cloud = smooth(1.12f, 0.60f, r + 0.55f * rough) * at->lung;
      float bronchi = smooth(0.86f, 0.97f, ridge_noise(x * 12, y * 12, l->key + 1));
      fill(at, 0.60f + 0.12f * rough, cloud * (0.92f - 0.32f * bronchi) * l->contrast);
      at->markings *= 1 - cloud * l->contrast;
      return cloud;
    }
    case PHANTOM_MASS: {
      float solid = smooth(1.02f, 0.92f, r + 0.10f * rough) * inside;
      fill(at, 0.66f + 0.10f * (1 - r), solid * 0.95f * l->contrast);
      at->markings *= 1 - solid * l->contrast;
      return solid;
    }
    case PHANTOM_CAVITY: {
      float disc = smooth(1.02f, 0.94f, r + 0.08f * rough) * inside;
      float hollow = smooth(0.74f, 0.66f, r + 0.08f * rough);
      float fluid = smooth(0.22f, 0.25f, dy) * hollow;
      fill(at, 0.68f, disc * (1 - hollow + 0.85f * fluid) * 0.95f * l->contrast);
      at->density -= 0.08f * disc * (hollow - fluid) * l->contrast;
      at->markings *= 1 - disc * l->contrast;
      return disc;
    }
    case PHANTOM_BULLA: {
      float disc = smooth(1.0f, 0.96f, r) * at->lung;
      float rim = smooth(0.075f, 0.02f, fabsf(r - 0.97f)) * at->lung;
      at->density += (0.20f * rim - 0.17f * disc * (1 - rim)) * l->contrast;
      at->markings *= 1 - disc * l->contrast;
      return disc;
    }
    default: {
      float grain = speck_noise(x * 21, y * 21, 0.36f, l->key + 2);
      float group = smooth(1.1f, 0.9f, r) * inside;
      at->density += grain * group * 0.66f * l->contrast;
      return group;
    }
  }
}

float phantom_add_lesion(const phantom_scene *s, const phantom_lesion *l, float x, float y, tissue *at) {
  if (at->side != l->lung) return 0;
  switch (l->kind) {
    case PHANTOM_EFFUSION: return effusion(s, l, x, y, at);
    case PHANTOM_PNEUMOTHORAX: return pneumothorax(l, y, at);
    case PHANTOM_FIBROTHORAX: return fibrothorax(l, x, y, at);
    case PHANTOM_ATELECTASIS: return atelectasis(l, x, y, at);
    default: return bounded(l, x, y, at);
  }
}
