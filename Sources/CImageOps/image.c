#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static int starts_with(const uint8_t *bytes, size_t count, const char *magic, size_t length) {
  return count >= length && memcmp(bytes, magic, length) == 0;
}

static int is_jpeg(const uint8_t *bytes, size_t count) { return starts_with(bytes, count, "\xff\xd8\xff", 3); }

static int is_png(const uint8_t *bytes, size_t count) {
  return starts_with(bytes, count, "\x89PNG\r\n\x1a\n", 8);
}

// Names formats people do have lying about, so that the message can say what the file is.
static const char *foreign_format(const uint8_t *bytes, size_t count) {
  if (count >= 132 && memcmp(bytes + 128, "DICM", 4) == 0) return "DICOM";
  if (starts_with(bytes, count, "GIF8", 4)) return "GIF";
  if (starts_with(bytes, count, "II*\0", 4) || starts_with(bytes, count, "MM\0*", 4)) return "TIFF";
  if (count >= 12 && starts_with(bytes, count, "RIFF", 4) && memcmp(bytes + 8, "WEBP", 4) == 0) return "WebP";
  if (starts_with(bytes, count, "\0\0\0\x0cjP  ", 8)) return "JPEG 2000";
  if (starts_with(bytes, count, "BM", 2)) return "BMP";
  if (starts_with(bytes, count, "\x1f\x8b", 2)) return "gzip";
  return NULL;
}

static mrm_image_status unknown(const uint8_t *bytes, size_t count, char *message) {
  if (count == 0) {
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "the image file is empty");
    return MRM_IMAGE_BAD;
  }
  const char *name = foreign_format(bytes, count);
  if (name)
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "a %s file, not a JPEG or PNG image; convert it to PNG", name);
  else
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "not a JPEG or PNG image");
  return MRM_IMAGE_BAD;
}

mrm_image_status mrm_image_check_size(uint64_t width, uint64_t height, mrm_image *image, char *message) {
  if (width == 0 || height == 0 || width > MRM_IMAGE_MAX_SIDE || height > MRM_IMAGE_MAX_SIDE ||
      width * height > MRM_IMAGE_MAX_PIXELS) {
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES,
             "image of %llu x %llu pixels: sides from 1 to %u and at most %u pixels are read",
             (unsigned long long)width, (unsigned long long)height, MRM_IMAGE_MAX_SIDE, MRM_IMAGE_MAX_PIXELS);
    return MRM_IMAGE_BAD;
  }
  image->width = (uint32_t)width;
  image->height = (uint32_t)height;
  return MRM_IMAGE_OK;
}

// A colour image whose three channels agree everywhere becomes grey: the same picture at a third of the work.
static void collapse_grey(mrm_image *image) {
  if (image->channels != 3) return;
  size_t count = (size_t)image->width * image->height;
  uint8_t *pixels = image->pixels;
  for (size_t i = 0; i < count; i++)
    if (pixels[3 * i] != pixels[3 * i + 1] || pixels[3 * i] != pixels[3 * i + 2]) return;
  for (size_t i = 0; i < count; i++) pixels[i] = pixels[3 * i];
  image->channels = 1;
}

mrm_image_status mrm_image_decode(const uint8_t *bytes, size_t count, mrm_image *image,
                                  char message[MRM_IMAGE_MESSAGE_BYTES]) {
  *image = (mrm_image){0};
  mrm_image_status status = is_jpeg(bytes, count)  ? mrm_jpeg_decode(bytes, count, image, message)
                            : is_png(bytes, count) ? mrm_png_decode(bytes, count, image, message)
                                                   : unknown(bytes, count, message);
  if (status == MRM_IMAGE_OK) collapse_grey(image);
  return status;
}

void mrm_image_free(mrm_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}
