/*
 * Opens a dm-verity device: verity DEVICE DATA_BLOCKS ROOT_HASH SALT NAME
 *
 * The hash tree follows the data on the same device, after veritysetup's one-block superblock. Talks to the kernel as its
 * document "Documentation/admin-guide/device-mapper/verity.rst" says, so that the ramdisk needs neither dmsetup nor its libraries.
 */
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BLOCK = 4096, SECTOR = 512, BUFFER = 16384 };

static char buffer[BUFFER];

static struct dm_ioctl *request(const char *name, unsigned flags) {
    struct dm_ioctl *header = (struct dm_ioctl *)buffer;
    memset(buffer, 0, sizeof buffer);
    header->version[0] = DM_VERSION_MAJOR;
    header->data_size = sizeof buffer;
    header->data_start = sizeof *header;
    header->flags = flags;
    strncpy(header->name, name, sizeof header->name - 1);
    return header;
}

static void act(int control, unsigned long command, const char *what) {
    if (ioctl(control, command, buffer) == 0) return;
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "verity DEVICE DATA_BLOCKS ROOT_HASH SALT NAME\n");
        return 2;
    }
    const char *device = argv[1], *name = argv[5];
    unsigned long blocks = strtoul(argv[2], NULL, 10);
    int control = open("/dev/mapper/control", O_RDWR);
    if (control < 0) {
        perror("verity: /dev/mapper/control");
        return 1;
    }
    request(name, DM_READONLY_FLAG);
    act(control, DM_DEV_CREATE, "verity: create");

    struct dm_ioctl *header = request(name, DM_READONLY_FLAG);
    header->target_count = 1;
    struct dm_target_spec *target = (struct dm_target_spec *)(buffer + sizeof *header);
    target->length = (unsigned long long)blocks * (BLOCK / SECTOR);
    strcpy(target->target_type, "verity");
    char *parameters = (char *)(target + 1);
    snprintf(parameters, 1024, "1 %s %s %d %d %lu %lu sha256 %s %s", device, device, BLOCK, BLOCK, blocks, blocks + 1, argv[3], argv[4]);
    act(control, DM_TABLE_LOAD, "verity: load");

    request(name, DM_READONLY_FLAG);
    act(control, DM_DEV_SUSPEND, "verity: resume");
    return 0;
}
