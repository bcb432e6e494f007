#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
// jerror.h gives the names of libjpeg's warnings.
#include <jerror.h>

#include "internal.h"

// A progressive file may repeat scans without end; no encoder needs more than this.
#define MAX_SCANS 1000

typedef struct {
  struct jpeg_error_mgr base;
  jmp_buf escape;
  char *message;
  mrm_image_status status;
} error_manager;

static void fail(j_common_ptr info) {
  error_manager *manager = (error_manager *)info->err;
  char text[JMSG_LENGTH_MAX];
  info->err->format_message(info, text);
  snprintf(manager->message, MRM_IMAGE_MESSAGE_BYTES, "bad JPEG: %.180s", text);
  manager->status = info->err->msg_code == JERR_OUT_OF_MEMORY ? MRM_IMAGE_OUT_OF_MEMORY : MRM_IMAGE_BAD;
  longjmp(manager->escape, 1);
}

// libjpeg goes on after these with pixels of its own making; only two of them leave the picture whole.
static void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  int code = info->err->msg_code;
  if (code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER) {
    error_manager *manager = (error_manager *)info->err;
    snprintf(manager->message, MRM_IMAGE_MESSAGE_BYTES, "truncated or damaged JPEG: the data ends too early");
    manager->status = MRM_IMAGE_BAD;
    longjmp(manager->escape, 1);
  }
  fail(info);
}

static void silent(j_common_ptr info) { (void)info; }

static void count_scans(j_common_ptr info) {
  if (!info->is_decompressor) return;
  if (((j_decompress_ptr)info)->input_scan_number <= MAX_SCANS) return;
  error_manager *manager = (error_manager *)info->err;
  snprintf(manager->message, MRM_IMAGE_MESSAGE_BYTES, "bad JPEG: more than %d scans", MAX_SCANS);
  manager->status = MRM_IMAGE_BAD;
  longjmp(manager->escape, 1);
}

// CMYK in `row` (4 bytes a pixel) to RGB. Adobe's files hold the inverse.
static void cmyk_to_rgb(const uint8_t *row, uint8_t *out, uint32_t width, int inverted) {
  for (uint32_t x = 0; x < width; x++) {
    uint32_t white = inverted ? row[4 * x + 3] : 255u - row[4 * x + 3];
    for (uint32_t c = 0; c < 3; c++) {
      uint32_t light = inverted ? row[4 * x + c] : 255u - row[4 * x + c];
      out[3 * x + c] = (uint8_t)((light * white + 127) / 255);
    }
  }
}

static void read_rows(struct jpeg_decompress_struct *info, mrm_image *image, uint8_t *cmyk_row) {
  while (info->output_scanline < info->output_height) {
    uint8_t *target = image->pixels + (size_t)info->output_scanline * image->width * image->channels;
    JSAMPROW row = cmyk_row ? cmyk_row : target;
    jpeg_read_scanlines(info, &row, 1);
    if (cmyk_row) cmyk_to_rgb(cmyk_row, target, image->width, info->saw_Adobe_marker);
  }
}

mrm_image_status mrm_jpeg_decode(const uint8_t *bytes, size_t count, mrm_image *image, char *message) {
  struct jpeg_decompress_struct info;
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  error_manager manager = {.message = message, .status = MRM_IMAGE_BAD};
  uint8_t *volatile cmyk_row = NULL;
  memset(&info, 0, sizeof info);
  info.err = jpeg_std_error(&manager.base);
  manager.base.error_exit = fail;
  manager.base.emit_message = warn;
  manager.base.output_message = silent;
  if (setjmp(manager.escape)) {
    jpeg_destroy_decompress(&info);
    free(cmyk_row);
    return manager.status;
  }
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, bytes, count);
  jpeg_read_header(&info, TRUE);
  mrm_image_status status = mrm_image_check_size(info.image_width, info.image_height, image, message);
  if (status != MRM_IMAGE_OK) {
    jpeg_destroy_decompress(&info);
    return status;
  }
  int is_cmyk = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = is_cmyk                                      ? JCS_CMYK
                         : info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE
                                                                  : JCS_RGB;
  jpeg_start_decompress(&info);
  image->channels = info.out_color_space == JCS_GRAYSCALE ? 1 : 3;
  image->pixels = malloc((size_t)image->width * image->height * image->channels);
  if (is_cmyk) cmyk_row = malloc((size_t)image->width * 4);
  if (!image->pixels || (is_cmyk && !cmyk_row)) {
    jpeg_destroy_decompress(&info);
    free(cmyk_row);
    snprintf(message, MRM_IMAGE_MESSAGE_BYTES, "out of memory for the image");
    return MRM_IMAGE_OUT_OF_MEMORY;
  }
  read_rows(&info, image, cmyk_row);
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  free(cmyk_row);
  return MRM_IMAGE_OK;
}
