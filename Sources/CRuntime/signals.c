#define _GNU_SOURCE
#include <signal.h>
#include <unistd.h>
#include "mrm_runtime.h"

static volatile sig_atomic_t noted = 0;

static void note(int number) {
  if (number == SIGINT && noted == SIGINT) _exit(130);
  noted = number;
}

void mrm_signals_catch(void) {
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  // A parent that blocks these signals in its threads hands that down.
  sigset_t unblocked;
  sigemptyset(&unblocked);
  sigaddset(&unblocked, SIGTERM);
  sigaddset(&unblocked, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &unblocked, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &action, NULL);
  sigaction(SIGPIPE, &action, NULL);
}

int32_t mrm_signal_noted(void) { return noted; }
