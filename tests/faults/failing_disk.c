/* Loaded before the C library: calls on files below $FAULTY_BELOW fail as $FAULTY_ORDER says, a file
 * that holds the name of a call and the number of an error ("fdatasync 5", "write 30"). */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_faulty(int descriptor, const char *call)
{
    const char *below = getenv("FAULTY_BELOW"), *order = getenv("FAULTY_ORDER");
    char link[64], path[4096], named[32];
    int number = 0;
    if (below == NULL || order == NULL)
        return 0;
    FILE *file = fopen(order, "r");
    if (file == NULL)
        return 0;
    int read = fscanf(file, "%31s %d", named, &number);
    fclose(file);
    if (read != 2 || strcmp(named, call) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    if (strncmp(path, below, strlen(below)) != 0)
        return 0;
    errno = number;
    return 1;
}

int fdatasync(int descriptor)
{
    if (is_faulty(descriptor, "fdatasync"))
        return -1;
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    return real(descriptor);
}

int fsync(int descriptor)
{
    if (is_faulty(descriptor, "fdatasync"))
        return -1;
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return real(descriptor);
}

ssize_t pwrite64(int descriptor, const void *octets, size_t count, off64_t offset)
{
    if (is_faulty(descriptor, "write"))
        return -1;
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    return real(descriptor, octets, count, offset);
}
