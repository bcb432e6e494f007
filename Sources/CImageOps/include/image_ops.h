// Image decoding and resampling for the record reader. C because libjpeg and libpng report errors through setjmp,
// and because the pixel loops belong here.
#ifndef MRM_IMAGE_OPS_H
#define MRM_IMAGE_OPS_H
#include <stddef.h>
#include <stdint.h>

// Largest accepted side, and largest accepted number of pixels, of an image.
#define MRM_IMAGE_MAX_SIDE 32768u
#define MRM_IMAGE_MAX_PIXELS 100000000u

#define MRM_IMAGE_MESSAGE_BYTES 256

typedef enum {
  MRM_IMAGE_OK = 0,
  MRM_IMAGE_BAD = 1,            // the bytes are not an acceptable image; the message says why
  MRM_IMAGE_OUT_OF_MEMORY = 2
} mrm_image_status;

// 8-bit pixels, rows top to bottom without padding, `channels` (1 grey or 3 RGB) bytes per pixel.
typedef struct {
  uint8_t *pixels;
  uint32_t width, height, channels;
} mrm_image;

// Decodes the JPEG or PNG in `bytes`, told apart by content; the caller frees with mrm_image_free, also after
// a failure. Alpha is dropped, 16 bits become 8.
mrm_image_status mrm_image_decode(const uint8_t *bytes, size_t count, mrm_image *image,
                                  char message[MRM_IMAGE_MESSAGE_BYTES]);

void mrm_image_free(mrm_image *image);

// How pixels between pixels are found: cubic with a = -0.5 (support 2), or linear (support 1).
typedef enum { MRM_IMAGE_BICUBIC = 0, MRM_IMAGE_BILINEAR = 1 } mrm_image_filter;

// What to read from an image and what to make of it.
typedef struct {
  uint32_t left, top, width, height;   // the crop: no pixel outside is read
  uint32_t resized_width, resized_height;
  uint32_t window_left, window_top;    // the size × size window of the resized picture that is wanted
  uint32_t size;
  uint32_t channels;                   // planes written: 1 or 3
  int32_t flip;                        // mirror the window left to right
  mrm_image_filter filter;
  float mean, std;                     // out = (pixel / 255 - mean) / std
} mrm_resample_plan;

// Anti-aliased resampling with Pillow's arithmetic, to the bit: 22-bit fixed-point weights,
// columns first, both passes rounded to 8 bits. Writes `channels` planes of size × size floats.
mrm_image_status mrm_image_resample(const mrm_image *image, const mrm_resample_plan *plan, float *out);

#endif
