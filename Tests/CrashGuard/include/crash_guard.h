#ifndef CRASH_GUARD_H
#define CRASH_GUARD_H
#include <stdint.h>

/// Memory that a guarded child shares with its parent: one number, for the child to say how far it came.
uint64_t *crash_guard_shared(void);

/// Runs `body` in a child process. Returns its result (0 ... 127), or 128 + the signal that ended it.
int crash_guard_run(int (*body)(void *context), void *context);

#endif
