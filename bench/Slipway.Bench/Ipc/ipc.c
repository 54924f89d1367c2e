/* The same work in C: "ipc spawn" or "ipc pipe". For each count on standard input it does so many operations and answers a byte. */
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BLOCK = 65536 };

static int ends[2];
static uint8_t out[BLOCK], in[BLOCK];

static void fail(void) { _exit(1); }

static void spawn(int32_t count)
{
    char *arguments[] = { "/bin/true", NULL }, *environment[] = { NULL };
    while (count-- > 0) {
        pid_t child;
        int status;
        if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environment) != 0) fail();
        if (waitpid(child, &status, 0) != child || status != 0) fail();
    }
}

static void *reader(void *argument)
{
    int64_t left = (int64_t)*(int32_t *)argument * BLOCK;
    while (left > 0) {
        ssize_t n = read(ends[0], in, BLOCK);
        if (n <= 0) fail();
        left -= n;
    }
    return NULL;
}

static void move(int32_t count)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, reader, &count) != 0) fail();
    for (int64_t left = (int64_t)count * BLOCK; left > 0;) {
        ssize_t n = write(ends[1], out, left < BLOCK ? (size_t)left : BLOCK);
        if (n <= 0) fail();
        left -= n;
    }
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    int32_t count;
    if (argc != 2 || pipe(ends) != 0) return 2;
    while (read(0, &count, sizeof count) == sizeof count) {
        if (strcmp(argv[1], "spawn") == 0) spawn(count);
        else move(count);
        if (write(1, "", 1) != 1) return 1;
    }
    return 0;
}
