#ifndef MRM_IMAGE_INTERNAL_H
#define MRM_IMAGE_INTERNAL_H
#include "image_ops.h"

mrm_image_status mrm_jpeg_decode(const uint8_t *bytes, size_t count, mrm_image *image, char *message);
mrm_image_status mrm_png_decode(const uint8_t *bytes, size_t count, mrm_image *image, char *message);

// Refuses empty and absurd sizes; on success sets the size of `image`.
mrm_image_status mrm_image_check_size(uint64_t width, uint64_t height, mrm_image *image, char *message);

#endif
