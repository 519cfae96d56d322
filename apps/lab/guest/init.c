/*
 * First program of the ramdisk, and its only one: opens the verified root and goes there. There is no way around the verification.
 *
 * The hash tree follows the data on the same device, after veritysetup's one-block superblock; where and what it must be is in
 * the kernel's command line (verity.blocks, verity.roothash, verity.salt). Talks to the device mapper as the kernel's document
 * "Documentation/admin-guide/device-mapper/verity.rst" says. One process, because starting one is what a guest without
 * hardware help is slow at.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BLOCK = 4096, SECTOR = 512, BUFFER = 16384, WAIT_STEPS = 100, WAIT_STEP_US = 20000 };

/* The lowest name that virtio-blk gives: the root is the machine's first disk. */
#define DEVICE "/dev/vda"
static const char *const moved[] = {"/dev", "/proc", "/sys"};

__attribute__((noreturn)) static void stop(const char *what) {
    perror(what);
    printf("diecast: the root file system is not what the image promised; stopping\n");
    fflush(stdout);
    sync();
    reboot(RB_POWER_OFF);
    _exit(1);
}

static void must(int result, const char *what) {
    if (result < 0) stop(what);
}

/* In the order of /modules.order. What was loaded is taken out of the ramdisk, whose memory the guest needs. */
static void load_modules(void) {
    char name[256], path[sizeof name + 16];
    FILE *order = fopen("/modules.order", "r");
    if (!order) stop("/modules.order");
    while (fscanf(order, "%255s", name) == 1) {
        snprintf(path, sizeof path, "/modules/%s", name);
        int file = open(path, O_RDONLY | O_CLOEXEC);
        must(file, path);
        must((int)syscall(SYS_finit_module, file, "", 0), path);
        close(file);
        unlink(path);
    }
    fclose(order);
}

/* The value of a word of the kernel's command line; NULL when it has none. */
static const char *find_word(const char *name) {
    static char line[4096];
    static size_t length;
    if (length == 0) {
        int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
        ssize_t got = read(file, line, sizeof line - 1);
        if (got <= 0) stop("/proc/cmdline");
        length = (size_t)got;
        close(file);
        for (size_t at = 0; at < length; at++)
            if (line[at] == ' ' || line[at] == '\n') line[at] = '\0';
    }
    size_t wanted = strlen(name);
    for (char *at = line; at < line + length; at += strlen(at) + 1)
        if (strncmp(at, name, wanted) == 0 && at[wanted] == '=') return at + wanted + 1;
    return NULL;
}

static const char *word(const char *name) {
    const char *found = find_word(name);
    if (!found) stop(name);
    return found;
}

static char buffer[BUFFER];

static struct dm_ioctl *request(void) {
    struct dm_ioctl *header = (struct dm_ioctl *)buffer;
    memset(buffer, 0, sizeof buffer);
    header->version[0] = DM_VERSION_MAJOR;
    header->data_size = sizeof buffer;
    header->data_start = sizeof *header;
    header->flags = DM_READONLY_FLAG;
    strcpy(header->name, "root");
    return header;
}

static void open_root(void) {
    for (int step = 0; access(DEVICE, F_OK) < 0 && step < WAIT_STEPS; step++) usleep(WAIT_STEP_US);
    unsigned long blocks = strtoul(word("verity.blocks"), NULL, 10);
    int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
    must(control, "/dev/mapper/control");
    request();
    must(ioctl(control, DM_DEV_CREATE, buffer), "verity: create");

    struct dm_ioctl *header = request();
    header->target_count = 1;
    struct dm_target_spec *target = (struct dm_target_spec *)(buffer + sizeof *header);
    target->length = (unsigned long long)blocks * (BLOCK / SECTOR);
    strcpy(target->target_type, "verity");
    snprintf((char *)(target + 1), 1024, "1 %s %s %d %d %lu %lu sha256 %s %s", DEVICE, DEVICE, BLOCK, BLOCK, blocks, blocks + 1,
             word("verity.roothash"), word("verity.salt"));
    must(ioctl(control, DM_TABLE_LOAD, buffer), "verity: load");
    request();
    must(ioctl(control, DM_DEV_SUSPEND, buffer), "verity: resume");
    close(control);
}

static void make_folder(const char *path) {
    if (mkdir(path, 0755) < 0) stop(path);
}

/*
 * Folders of the root that a whole system writes to: diecast.overlay=etc,var. What is written lies in memory, over what was
 * verified, and is gone with the machine.
 */
static void lay_over(const char *folders) {
    char names[256], path[512], options[1024];
    must(mount("run", "/root/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"), "/root/run");
    make_folder("/root/run/overlay");
    snprintf(names, sizeof names, "%s", folders);
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
        snprintf(path, sizeof path, "/root/run/overlay/%s", name);
        make_folder(path);
        snprintf(path, sizeof path, "/root/run/overlay/%s/upper", name);
        make_folder(path);
        snprintf(path, sizeof path, "/root/run/overlay/%s/work", name);
        make_folder(path);
        snprintf(options, sizeof options, "lowerdir=/root/%s,upperdir=/root/run/overlay/%s/upper,workdir=/root/run/overlay/%s/work",
                 name, name, name);
        snprintf(path, sizeof path, "/root/%s", name);
        must(mount("overlay", path, "overlay", 0, options), path);
    }
}

int main(void) {
    must(mount("dev", "/dev", "devtmpfs", 0, NULL), "/dev");
    int console = open("/dev/console", O_RDWR);
    for (int fd = 0; console >= 0 && fd <= 2; fd++) dup2(console, fd);
    if (console > 2) close(console);
    must(mount("proc", "/proc", "proc", 0, NULL), "/proc");
    must(mount("sys", "/sys", "sysfs", 0, NULL), "/sys");
    load_modules();
    open_root();
    must(mount("/dev/dm-0", "/root", "squashfs", MS_RDONLY, NULL), "/root");
    const char *folders = find_word("diecast.overlay");
    if (folders) lay_over(folders);
    for (size_t index = 0; index < sizeof moved / sizeof *moved; index++) {
        char target[16];
        snprintf(target, sizeof target, "/root%s", moved[index]);
        must(mount(moved[index], target, NULL, MS_MOVE, NULL), target);
    }
    unlink("/init");
    must(chdir("/root"), "/root");
    must(mount(".", "/", NULL, MS_MOVE, NULL), "/");
    must(chroot("."), "chroot");
    must(chdir("/"), "/");
    execl("/sbin/init", "/sbin/init", NULL);
    stop("/sbin/init");
}
