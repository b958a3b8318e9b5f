// Stands between a program and the C library, counts its calls on files below given folders over all its threads, and hurts the n-th.
//
//   SOTS_CALLS_UNDER=/a:/b    folders whose files count
//   SOTS_CALLS_OPS=open,read  which calls count; all where it is not set
//   SOTS_CALLS_NUMBER=n       the call that is hurt, from 1
//   SOTS_CALLS_STAYS=1        and all after it
//   SOTS_CALLS_ACT=EIO        what it gets: the name of an error, SHORT (half of the bytes), KILL or STOP (the signal, before the call)
//   SOTS_CALLS_LOG=file       gets a line when it happens
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define GO_ON 0
#define SHORTER (-1)

static atomic_int calls;
static const char *under, *wanted, *act, *log_path;
static int number, stays;

__attribute__((constructor)) static void begin(void)
{
    under = getenv("SOTS_CALLS_UNDER");
    wanted = getenv("SOTS_CALLS_OPS");
    act = getenv("SOTS_CALLS_ACT");
    log_path = getenv("SOTS_CALLS_LOG");
    number = getenv("SOTS_CALLS_NUMBER") ? atoi(getenv("SOTS_CALLS_NUMBER")) : 0;
    stays = getenv("SOTS_CALLS_STAYS") != NULL;
}

static int is_below(const char *path)
{
    for (const char *at = under; at && *at;) {
        const char *end = strchrnul(at, ':');
        size_t length = (size_t)(end - at);
        if (strncmp(path, at, length) == 0 && (path[length] == 0 || path[length] == '/'))
            return 1;
        at = *end ? end + 1 : end;
    }
    return 0;
}

static int is_wanted(const char *op)
{
    size_t length = strlen(op);
    for (const char *at = wanted; at && *at;) {
        const char *end = strchrnul(at, ',');
        if ((size_t)(end - at) == length && strncmp(at, op, length) == 0)
            return 1;
        at = *end ? end + 1 : end;
    }
    return wanted == NULL;
}

static int error_named(const char *name)
{
    static const struct { const char *name; int error; } errors[] = {
        { "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EACCES", EACCES }, { "EMFILE", EMFILE }, { "EINTR", EINTR },
        { "EDQUOT", EDQUOT }, { "EROFS", EROFS }, { "ENOENT", ENOENT }, { "ETIMEDOUT", ETIMEDOUT },
    };
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].error;
    return EIO;
}

static void note(int call, const char *op, const char *path)
{
    char line[5000];
    int length = snprintf(line, sizeof line, "%d %s %s\n", call, op, path);
    int file = log_path ? (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    if (file >= 0) {
        syscall(SYS_write, file, line, (size_t)length);
        syscall(SYS_close, file);
    }
}

// GO_ON, SHORTER, or the error that the call gets.
static int judge(const char *op, const char *path)
{
    if (!number || !act || !is_below(path) || !is_wanted(op))
        return GO_ON;
    int call = atomic_fetch_add(&calls, 1) + 1;
    if (call != number && !(stays && call > number))
        return GO_ON;
    if (call == number)
        note(call, op, path);
    if (strcmp(act, "KILL") == 0 || strcmp(act, "STOP") == 0) {
        /* To this thread: one that is sent to the process may stop it only after the call. */
        raise(act[0] == 'K' ? SIGKILL : SIGSTOP);
        return GO_ON;
    }
    return strcmp(act, "SHORT") == 0 ? SHORTER : error_named(act);
}

static int judge_at(const char *op, int folder, const char *path)
{
    if (!under || path == NULL)
        return GO_ON;
    if (path[0] == '/')
        return judge(op, path);
    char link[64], full[8192];
    if (folder == AT_FDCWD)
        strcpy(link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, full, 4096);
    if (length < 0)
        return GO_ON;
    snprintf(full + length, sizeof full - (size_t)length, "%s%s", *path ? "/" : "", path);
    return judge(op, full);
}

static int judge_open(const char *op, int file)
{
    return file <= 2 ? GO_ON : judge_at(op, file, "");
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL_IF(verdict, failure) int verdict_ = (verdict); if (verdict_ > 0) { errno = verdict_; return failure; }
#define HALF(length) (verdict_ == SHORTER && (length) > 1 ? (length) / 2 : (length))
#define MODE_OF(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }
#define OPENING(flags) ((flags) & O_CREAT ? "create" : "open")

int open(const char *path, int flags, ...) { REAL(open); MODE_OF(flags) FAIL_IF(judge_at(OPENING(flags), AT_FDCWD, path), -1) return real(path, flags, mode); }
int open64(const char *path, int flags, ...) { REAL(open64); MODE_OF(flags) FAIL_IF(judge_at(OPENING(flags), AT_FDCWD, path), -1) return real(path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { REAL(openat); MODE_OF(flags) FAIL_IF(judge_at(OPENING(flags), folder, path), -1) return real(folder, path, flags, mode); }
DIR *opendir(const char *path) { REAL(opendir); FAIL_IF(judge_at("list", AT_FDCWD, path), NULL) return real(path); }
struct dirent64 *readdir64(DIR *folder) { REAL(readdir64); FAIL_IF(judge_open("list", dirfd(folder)), NULL) return real(folder); }
ssize_t getdents64(int folder, void *buffer, size_t length) { REAL(getdents64); FAIL_IF(judge_open("list", folder), -1) return real(folder, buffer, length); }

ssize_t read(int file, void *buffer, size_t length) { REAL(read); FAIL_IF(judge_open("read", file), -1) return real(file, buffer, HALF(length)); }
ssize_t pread64(int file, void *buffer, size_t length, off64_t offset) { REAL(pread64); FAIL_IF(judge_open("read", file), -1) return real(file, buffer, HALF(length), offset); }
ssize_t preadv64(int file, const struct iovec *parts, int count, off64_t offset) { REAL(preadv64); FAIL_IF(judge_open("read", file), -1) return real(file, parts, HALF(count), offset); }
ssize_t write(int file, const void *buffer, size_t length) { REAL(write); FAIL_IF(judge_open("write", file), -1) return real(file, buffer, HALF(length)); }
ssize_t pwrite64(int file, const void *buffer, size_t length, off64_t offset) { REAL(pwrite64); FAIL_IF(judge_open("write", file), -1) return real(file, buffer, HALF(length), offset); }
ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t offset) { REAL(pwritev64); FAIL_IF(judge_open("write", file), -1) return real(file, parts, HALF(count), offset); }

int fsync(int file) { REAL(fsync); FAIL_IF(judge_open("fsync", file), -1) return real(file); }
int ftruncate64(int file, off64_t length) { REAL(ftruncate64); FAIL_IF(judge_open("truncate", file), -1) return real(file, length); }
int fallocate(int file, int mode, off_t offset, off_t length) { REAL(fallocate); FAIL_IF(judge_open("allocate", file), -1) return real(file, mode, offset, length); }
int fallocate64(int file, int mode, off64_t offset, off64_t length) { REAL(fallocate64); FAIL_IF(judge_open("allocate", file), -1) return real(file, mode, offset, length); }
int flock(int file, int operation) { REAL(flock); FAIL_IF(judge_open("flock", file), -1) return real(file, operation); }

// A descriptor is gone even where closing it is reported as failed.
int close(int file) { REAL(close); int verdict = judge_open("close", file); int result = real(file); if (verdict > 0) { errno = verdict; return -1; } return result; }

int rename(const char *from, const char *to) { REAL(rename); FAIL_IF(judge_at("rename", AT_FDCWD, to), -1) return real(from, to); }
int renameat(int from_folder, const char *from, int to_folder, const char *to) { REAL(renameat); FAIL_IF(judge_at("rename", to_folder, to), -1) return real(from_folder, from, to_folder, to); }
int link(const char *from, const char *to) { REAL(link); FAIL_IF(judge_at("link", AT_FDCWD, to), -1) return real(from, to); }
int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) { REAL(linkat); FAIL_IF(judge_at("link", to_folder, to), -1) return real(from_folder, from, to_folder, to, flags); }
int unlink(const char *path) { REAL(unlink); FAIL_IF(judge_at("remove", AT_FDCWD, path), -1) return real(path); }
int unlinkat(int folder, const char *path, int flags) { REAL(unlinkat); FAIL_IF(judge_at("remove", folder, path), -1) return real(folder, path, flags); }
int rmdir(const char *path) { REAL(rmdir); FAIL_IF(judge_at("remove", AT_FDCWD, path), -1) return real(path); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); FAIL_IF(judge_at("mkdir", AT_FDCWD, path), -1) return real(path, mode); }
int mkdirat(int folder, const char *path, mode_t mode) { REAL(mkdirat); FAIL_IF(judge_at("mkdir", folder, path), -1) return real(folder, path, mode); }
int chmod(const char *path, mode_t mode) { REAL(chmod); FAIL_IF(judge_at("chmod", AT_FDCWD, path), -1) return real(path, mode); }
int fchmod(int file, mode_t mode) { REAL(fchmod); FAIL_IF(judge_open("chmod", file), -1) return real(file, mode); }
int futimens(int file, const struct timespec times[2]) { REAL(futimens); FAIL_IF(judge_open("times", file), -1) return real(file, times); }
int utimensat(int folder, const char *path, const struct timespec times[2], int flags) { REAL(utimensat); FAIL_IF(judge_at("times", folder, path), -1) return real(folder, path, times, flags); }
int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict facts) { REAL(statx); FAIL_IF(judge_at("stat", folder, path), -1) return real(folder, path, flags, mask, facts); }

int __xstat64(int version, const char *path, struct stat64 *facts) { static int (*real)(int, const char *, struct stat64 *); if (!real) real = dlsym(RTLD_NEXT, "__xstat64"); FAIL_IF(judge_at("stat", AT_FDCWD, path), -1) return real(version, path, facts); }
int __lxstat64(int version, const char *path, struct stat64 *facts) { static int (*real)(int, const char *, struct stat64 *); if (!real) real = dlsym(RTLD_NEXT, "__lxstat64"); FAIL_IF(judge_at("stat", AT_FDCWD, path), -1) return real(version, path, facts); }
int __fxstat64(int version, int file, struct stat64 *facts) { static int (*real)(int, int, struct stat64 *); if (!real) real = dlsym(RTLD_NEXT, "__fxstat64"); FAIL_IF(judge_open("stat", file), -1) return real(version, file, facts); }
