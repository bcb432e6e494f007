#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "mrm_runtime.h"

static const size_t huge_page = (size_t)2 << 20;
static const uint64_t pattern = 0x7ff4a5c3deadbeefULL;  // a signalling NaN as f64, a NaN and a huge number as f32

static size_t rounded(size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  if (bytes == 0) bytes = 1;
  return (bytes + page - 1) / page * page;
}

void *mrm_memory_allocate(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return NULL;
  size_t size = rounded(bytes);
  size_t slack = size >= huge_page ? huge_page : 0;
  char *base = mmap(NULL, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return NULL;
  if (slack == 0) return base;
  char *aligned = (char *)(((uintptr_t)base + slack - 1) / slack * slack);
  size_t head = (size_t)(aligned - base);
  if (head > 0) munmap(base, head);
  if (slack > head) munmap(aligned + size, slack - head);
  madvise(aligned, size, MADV_HUGEPAGE);
  return aligned;
}

void mrm_memory_free(void *memory, size_t bytes) {
  if (memory) munmap(memory, rounded(bytes));
}

void mrm_memory_mark(void *memory, size_t bytes) {
  uint64_t *words = memory;
  for (size_t i = 0; i < bytes / 8; i++) words[i] = pattern;
}

size_t mrm_memory_high_water(const void *memory, size_t bytes) {
  const uint64_t *words = memory;
  size_t count = bytes / 8;
  while (count > 0 && words[count - 1] == pattern) count--;
  return count * 8;
}
