/* Preloaded into a daemon: while the file named by SWARM_FAULT_FLUSH exists, nothing that is
 * written reaches the disk for sure, and the kernel says so: fsync and fdatasync fail with EIO. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int broken(void) {
  const char *flag = getenv("SWARM_FAULT_FLUSH");
  int before = errno;
  int there = flag != NULL && access(flag, F_OK) == 0;
  errno = before;
  return there;
}

static int flush(const char *name, int descriptor) {
  if (broken()) {
    errno = EIO;
    return -1;
  }
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return real(descriptor);
}

int fsync(int descriptor) { return flush("fsync", descriptor); }

int fdatasync(int descriptor) { return flush("fdatasync", descriptor); }
