#include "anatomy.h"

/// Half the width of the body at height y: neck, shoulders, torso.
static float body_half(const phantom_scene *s, float y) {
  float neck = 0.24f;
  float shoulder = neck + (s->shoulder_half - neck) * smooth(-0.98f, -0.55f, y);
  return shoulder + (s->torso_half - s->shoulder_half) * smooth(-0.55f, 0.15f, y);
}

/// Posterior and anterior ribs as two families of bands on one side of the chest.
static float ribs(const phantom_scene *s, float lateral, float y) {
  float reach = lateral / s->lung_half;
  if (reach > 1.16f || y < -0.86f || y > 0.86f) return 0;
  float posterior = y + s->rib_slope * sinf(reach * 2.3f) - 0.46f * reach * reach * reach;
  float p = posterior / s->rib_spacing + s->rib_phase;
  float t = fabsf(p - (float)whole(p) - 0.5f) * 2;
  float band = smooth(0.52f, 0.40f, t) * (0.75f + 0.55f * smooth(0.14f, 0.42f, t));
  float anterior = y - 0.42f * (1 - reach) * (1 - reach) * 1.1f + 0.16f * (1 - reach);
  float q = anterior / (s->rib_spacing * 1.12f) + s->rib_phase * 0.6f + 0.3f;
  float u = fabsf(q - (float)whole(q) - 0.5f) * 2;
  float front = smooth(0.46f, 0.34f, u) * smooth(0.35f, 0.6f, reach) * 0.5f;
  float cage = smooth(-0.86f, -0.74f, y) * smooth(0.86f, 0.55f, y) * smooth(1.16f, 1.03f, reach);
  return (band * smooth(0.05f, 0.16f, lateral) + front) * cage;
}

static float clavicle(float lateral, float y) {
  float along = (lateral - 0.06f) / 0.68f;
  if (along < 0 || along > 1 || y < -0.80f || y > -0.50f) return 0;
  float centre = -0.615f - 0.07f * along - 0.035f * sinf(along * 6.0f);
  float half = 0.026f + 0.014f * (along - 0.5f) * (along - 0.5f) * 4;
  float d = fabsf(y - centre) / half;
  float ends = smooth(0, 0.05f, along) * smooth(1, 0.94f, along);
  return smooth(1.15f, 0.85f, d) * (0.8f + 0.4f * smooth(0.3f, 0.9f, d)) * ends;
}

/// Vertebral bodies with disc spaces, and the faint pedicles beside them.
static float spine(float x, float y, uint32_t key) {
  if (fabsf(x) > 0.12f) return 0;
  float a = fabsf(x + 0.012f * (value_noise(3, y * 1.5f + 7, key) - 0.5f));
  float p = y / 0.125f;
  float t = fabsf(p - (float)whole(p) - 0.5f) * 2;
  float body = smooth(0.085f, 0.068f, a) * (1 - 0.55f * smooth(0.74f, 0.92f, t));
  float dx = (a - 0.05f) / 0.016f, dy = (t - 0.1f) / 0.3f;
  return body + 0.5f * smooth(1.2f, 0.6f, dx * dx + dy * dy);
}

/// Vessels fan out from the hilum and taper towards the pleura.
static float vessels(float lateral, float y, uint32_t key) {
  float dx = lateral - 0.13f, dy = y + 0.02f;
  float r = sqrtf(dx * dx + dy * dy) + 1e-4f;
  if (r > 0.62f) return 0;
  float turn = atan2f(dy, dx);
  float across = turn * (3.0f + 3.5f * r) + 9 + 0.9f * value_noise(lateral * 9, y * 9, key + 5);
  float along = r * 3.4f + 1.5f * value_noise(lateral * 6, y * 6, key);
  float branch = ridge_noise(across, along, key + 11);
  float thin = smooth(0.84f + 0.06f * r, 0.98f, branch);
  float hilum = smooth(0.17f, 0.03f, r);
  return thin * smooth(0.62f, 0.06f, r) + 0.55f * hilum;
}

/// 1 on the outline of the heart, 0 in its middle, 2 anywhere far from it.
static float heart_radius(const phantom_scene *s, float x, float y) {
  float hx = x - s->heart_x, hy = y - s->heart_y, reach = 1.1f * fmaxf(s->heart_rx, s->heart_ry);
  if (hx * hx + hy * hy > reach * reach) return 2;
  float c = cosf(s->heart_tilt), n = sinf(s->heart_tilt);
  float ex = (hx * c + hy * n) / s->heart_rx, ey = (-hx * n + hy * c) / s->heart_ry;
  return sqrtf(ex * ex + ey * ey);
}

static float texture(const phantom_scene *s, float x, float y) {
  float k = s->texture_scale;
  switch (s->texture) {
    case PHANTOM_TEXTURE_NODULAR: {
      float a = speck_noise(x * 9 * k, y * 9 * k, 0.30f, s->key + 23);
      float b = speck_noise(x * 7 * k + 31, y * 7 * k + 17, 0.26f, s->key + 24);
      return s->texture_strength * (a > b ? a : b) * 1.5f;
    }
    case PHANTOM_TEXTURE_HAZY:
      return s->texture_strength * (0.85f + 0.45f * value_noise(x * 3, y * 3, s->key + 25));
    case PHANTOM_TEXTURE_LUCENT:
      return -0.56f * s->texture_strength;
    default:
      return 0;
  }
}

tissue phantom_anatomy(const phantom_scene *s, float x, float y) {
  tissue at = {0};
  float half = body_half(s, y);
  float a = fabsf(x) / half;
  float body = smooth(1.0f, 0.955f, a);
  at.side = x < 0 ? 0 : 1;
  at.lateral = fabsf(x);
  if (body <= 0) {
    at.density = 0.015f;
    return at;
  }
  float round = a < 1 ? sqrtf(1 - a * a) : 0;
  float density = s->soft_tissue * (0.34f + 0.30f * round) + 0.10f * smooth(0.35f, 0.95f, y);
  density += 0.07f * smooth(0.1f, 0.9f, value_noise(x * 2.5f, y * 2.5f, s->key + 1)) - 0.035f;

  // The lung: under the outer curve, beside the mediastinum, above the dome.
  float lateral = at.lateral;
  float centre = 0.28f, v = (y - centre) / (centre - s->apex_y);
  float outer = y > centre ? s->lung_half : (v > -1 ? s->lung_half * sqrtf(1 - v * v * v * v * (y < centre)) : 0);
  outer *= 1 - 0.05f * smooth(-0.1f, -0.6f, y);
  float inner = s->mediastinum_half + 0.05f * value_noise(y * 3.5f, 2 + (float)at.side * 9, s->key + 2) - 0.02f;
  inner -= 0.035f * smooth(-0.25f, -0.55f, y);
  float bow = (lateral - s->lung_half * 0.45f) / (s->lung_half * 0.58f);
  float dome = s->dome_y[at.side] + s->dome_height * (bow * bow - 1) * (bow > 1 ? 0.9f : 1);
  float wall = outer - lateral;
  float apex = (y - s->apex_y) * 0.9f;
  if (apex < wall) wall = apex;
  float depth = wall;
  if (lateral - inner < depth) depth = lateral - inner;
  if (dome - y < depth) depth = dome - y;
  at.lung = smooth(0.0f, 0.035f, depth);
  at.wall = wall;
  at.height = (y - s->apex_y) / (s->dome_y[at.side] - s->apex_y);

  float air = at.lung * (0.78f + 0.22f * smooth(0.0f, 0.22f, depth));
  density -= air * 0.38f * (0.75f + 0.25f * s->soft_tissue);

  // Mediastinum, aortic knob, heart, trachea and stomach bubble.
  float mid = smooth(0.16f, 0.05f, lateral) * smooth(-0.95f, -0.6f, y);
  density += 0.13f * mid;
  float kx = (x - 0.125f) / 0.075f, ky = (y + 0.30f) / 0.085f;
  float knob = smooth(1.25f, 0.75f, kx * kx + ky * ky);
  float er = heart_radius(s, x, y);
  float heart = smooth(1.05f, 0.93f, er);
  float filled = heart > knob ? heart : knob;
  float covered = filled * (0.38f * at.lung + 0.06f);
  density += covered * (heart > knob ? 0.92f + 0.14f * clamp01(1 - er) : 0.8f);
  density -= 0.13f * smooth(0.055f, 0.03f, fabsf(x - 0.006f)) * smooth(-0.12f, -0.22f, y) * smooth(-1.1f, -0.7f, y);
  float sx = (x - 0.36f) / 0.15f, sy = (y - s->dome_y[1] - 0.10f) / 0.075f;
  density -= 0.20f * smooth(1.1f, 0.7f, sx * sx + sy * sy) * (1 - at.lung);
  if (s->belly_gas + s->belly_fluid > 0) {
    float below = smooth(0.02f, 0.12f, y - dome) * smooth(1.0f, 0.86f, a) * (1 - 0.7f * smooth(0.16f, 0.05f, lateral));
    float loops = smooth(0.36f, 0.56f, value_noise(x * 5, y * 5, s->key + 4));
    density += below * (s->belly_fluid - 0.40f * s->belly_gas * (0.25f + 0.75f * loops));
  }

  density += s->bone * (0.125f * ribs(s, lateral, y) * (0.35f + 0.65f * at.lung) + 0.15f * clavicle(lateral, y) +
                        0.11f * spine(x, y, s->key + 3));
  float ux = (lateral - s->shoulder_half * 0.90f) / 0.13f, uy = (y + 0.50f) / 0.15f;
  density += s->bone * 0.10f * smooth(1.1f, 0.85f, ux * ux + uy * uy);

  if (at.lung > 0) {
    float veiled = 1 - 0.7f * filled;
    float tree = s->vessels * 0.20f * vessels(lateral, y, s->key + 40 + (uint32_t)at.side);
    at.markings = at.lung * veiled * (tree + texture(s, x, y));
  }
  at.density = density * body;
  return at;
}
