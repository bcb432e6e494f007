#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "internal.h"

typedef struct {
  const uint8_t *bytes;
  size_t count, offset;
} source;

typedef struct {
  jmp_buf escape;
  char *message;
} error_manager;

static void fail(png_structp png, png_const_charp text) {
  error_manager *manager = png_get_error_ptr(png);
  snprintf(manager->message, MRM_IMAGE_MESSAGE_BYTES, "bad PNG: %.180s", text);
  longjmp(manager->escape, 1);
}

static void silent(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep out, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->offset) png_error(png, "truncated: the data ends too early");
  memcpy(out, from->bytes + from->offset, count);
  from->offset += count;
}

// Asks libpng for 8-bit grey or RGB without alpha, and reads all rows.
static mrm_image_status read_image(png_structp png, png_infop info, mrm_image *image, png_bytep *volatile *rows,
                                   char *message) {
  png_byte depth = png_get_bit_depth(png, info);
  png_byte colour = png_get_color_type(png, info);
  if (depth == 16) png_set_scale_16(png);
  if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image->channels = png_get_channels(png, info);
  size_t stride = (size_t)image->width * image->channels;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "unexpected row size");
  image->pixels = malloc(stride * image->height);
  *rows = malloc(sizeof(png_bytep) * image->height);
  if (!image->pixels || !*rows) {
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "out of memory for the image");
    return MRM_IMAGE_OUT_OF_MEMORY;
  }
  for (uint32_t y = 0; y < image->height; y++) (*rows)[y] = image->pixels + stride * y;
  png_read_image(png, *rows);
  png_read_end(png, NULL);
  return MRM_IMAGE_OK;
}

mrm_image_status mrm_png_decode(const uint8_t *bytes, size_t count, mrm_image *image, char *message) {
  error_manager manager = {.message = message};
  source from = {bytes, count, 0};
  png_bytep *volatile rows = NULL;
  volatile mrm_image_status status = MRM_IMAGE_BAD;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &manager, fail, silent);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "out of memory for the image");
    return MRM_IMAGE_OUT_OF_MEMORY;
  }
  if (setjmp(manager.escape) == 0) {
    png_set_read_fn(png, &from, read_bytes);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(png, info);
    status = mrm_image_check_size(png_get_image_width(png, info), png_get_image_height(png, info), image, message);
    if (status == MRM_IMAGE_OK) {
      status = MRM_IMAGE_BAD;
      status = read_image(png, info, image, &rows, message);
    }
  }
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
  return status;
}
