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
  uint32_t full_width, full_height;  // as the file states them: larger than width, height if decoded reduced
} mrm_image;

// Width and height of the JPEG or PNG in `bytes`; the format is told by content.
mrm_image_status mrm_image_size(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height,
                                char message[MRM_IMAGE_MESSAGE_BYTES]);

// Decodes `bytes`; the caller frees with mrm_image_free, also after a failure. A JPEG is decoded at 1/reduction
// of its size (1, 2, 4 or 8, rounded up); a PNG always in full. Alpha is dropped, 16 bits become 8.
mrm_image_status mrm_image_decode(const uint8_t *bytes, size_t count, uint32_t reduction, mrm_image *image,
                                  char message[MRM_IMAGE_MESSAGE_BYTES]);

void mrm_image_free(mrm_image *image);

// What to read from an image and what to make of it.
typedef struct {
  uint32_t left, top, width, height;   // no pixel outside this part of the image is read
  double box[4];                       // x0, y0, x1, y1 inside that part: what fills the resized picture
  uint32_t resized_width, resized_height;
  uint32_t window_left, window_top;    // the size × size window of the resized picture that is wanted
  uint32_t size;
  uint32_t channels;                   // planes written: 1 or 3
  int32_t flip;                        // mirror the window left to right
  float mean, std;                     // out = (pixel / 255 - mean) / std
} mrm_resample_plan;

// Anti-aliased bicubic (a = -0.5) resampling with Pillow's arithmetic, to the bit: 22-bit fixed-point weights,
// columns first, both passes rounded to 8 bits. Writes `channels` planes of size × size floats.
mrm_image_status mrm_image_resample(const mrm_image *image, const mrm_resample_plan *plan, float *out);

#endif
