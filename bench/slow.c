/* Puts a slow disk under a program: every fsync and fdatasync takes SLOW_FSYNC_US microseconds longer.
   cc -shared -fPIC -o slow.so slow.c -ldl;  LD_PRELOAD=./slow.so SLOW_FSYNC_US=4000 program */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int slowly(const char *name, int file)
{
    const char *set = getenv("SLOW_FSYNC_US");
    long delay = set ? atol(set) : 0;
    struct timespec pause = {delay / 1000000, delay % 1000000 * 1000};
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);

    nanosleep(&pause, NULL);
    return real(file);
}

int fsync(int file) { return slowly("fsync", file); }
int fdatasync(int file) { return slowly("fdatasync", file); }
