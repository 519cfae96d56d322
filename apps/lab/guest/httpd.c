/*
 * The web server inside Diecast's lab guests: one process, epoll, HTTP/1.1 with keep-alive.
 *
 *   GET  /         who am I: instance, service, iteration, version, uptime, load
 *   GET  /healthz  200, or 503 after POST /unhealthy (or for good when /etc/diecast/broken exists)
 *   POST /healthy, /unhealthy
 *   POST /load?mibPerSecond=N&mib=M   dirty N MiB of memory a second, out of M; 0 stops
 *   GET, PUT /data  a few bytes that live in memory only
 *
 * Identity is read from /run/diecast at start and on SIGHUP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_BYTES = 8192, DATA_BYTES = 4096, TICK_MS = 10, PAGE = 4096 };

struct client {
    int fd;
    size_t used;
    char buffer[REQUEST_BYTES + 1];
};

static struct {
    char instance[64], service[64], iteration[16], version[64];
} identity;

static struct {
    unsigned char *memory;
    size_t pages, next;
    double pages_per_tick, owed;
} load;

static char data[DATA_BYTES];
static size_t data_length;
static bool healthy = true, broken;
static unsigned long requests;
static volatile sig_atomic_t reread = 1;

static void on_hangup(int signal_number) {
    (void)signal_number;
    reread = 1;
}

/* One word of a file; empty when there is none. Quotes and backslashes would break our JSON and are dropped. */
static void read_word(const char *path, char *into, size_t size) {
    FILE *file = fopen(path, "r");
    into[0] = '\0';
    if (!file) return;
    if (!fgets(into, (int)size, file)) into[0] = '\0';
    fclose(file);
    char *write = into;
    for (const char *read = into; *read; read++)
        if (*read != '\n' && *read != '"' && *read != '\\') *write++ = *read;
    *write = '\0';
}

static void read_identity(void) {
    read_word("/run/diecast/instance", identity.instance, sizeof identity.instance);
    read_word("/run/diecast/service", identity.service, sizeof identity.service);
    read_word("/run/diecast/iteration", identity.iteration, sizeof identity.iteration);
    read_word("/etc/diecast/version", identity.version, sizeof identity.version);
    reread = 0;
}

static double uptime(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void set_load(const char *query) {
    unsigned long per_second = 0, mebibytes = 0;
    const char *found;
    if ((found = strstr(query, "mibPerSecond="))) per_second = strtoul(found + strlen("mibPerSecond="), NULL, 10);
    if ((found = strstr(query, "mib="))) mebibytes = strtoul(found + strlen("mib="), NULL, 10);
    if (load.memory) munmap(load.memory, load.pages * PAGE);
    memset(&load, 0, sizeof load);
    if (per_second == 0 || mebibytes == 0) return;
    size_t bytes = mebibytes << 20;
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    load.memory = memory;
    load.pages = bytes / PAGE;
    load.pages_per_tick = (double)(per_second << 20) / PAGE * TICK_MS / 1000;
}

static void dirty_memory(unsigned long ticks) {
    if (!load.memory) return;
    load.owed += load.pages_per_tick * (double)ticks;
    if (load.owed > (double)load.pages) load.owed = (double)load.pages;
    for (; load.owed >= 1; load.owed -= 1) {
        load.memory[load.next * PAGE]++;
        load.next = (load.next + 1) % load.pages;
    }
}

static void answer(int fd, int status, bool keep, const char *type, const char *body, size_t length) {
    char head[256];
    const char *reason = status == 200 ? "OK" : status == 503 ? "Service Unavailable" : status == 404 ? "Not Found" : "Bad Request";
    int head_length = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n",
                               status, reason, type, length, keep ? "keep-alive" : "close");
    char whole[sizeof head + DATA_BYTES + 512];
    memcpy(whole, head, (size_t)head_length);
    memcpy(whole + head_length, body, length);
    size_t total = (size_t)head_length + length, sent = 0;
    while (sent < total) {
        ssize_t written = send(fd, whole + sent, total - sent, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        sent += (size_t)written;
    }
}

static void answer_text(int fd, int status, bool keep, const char *text) {
    answer(fd, status, keep, "text/plain", text, strlen(text));
}

static void route(int fd, const char *method, const char *path, const char *body, size_t body_length, bool keep) {
    bool post = strcmp(method, "POST") == 0;
    requests++;
    if (strcmp(path, "/healthz") == 0) {
        answer_text(fd, healthy ? 200 : 503, keep, healthy ? "healthy\n" : "unhealthy\n");
    } else if (strcmp(path, "/") == 0) {
        char json[512];
        int length = snprintf(json, sizeof json,
                              "{\"instance\":\"%s\",\"service\":\"%s\",\"iteration\":\"%s\",\"version\":\"%s\",\"uptimeSeconds\":%.2f,"
                              "\"requests\":%lu,\"loadMib\":%zu}\n",
                              identity.instance, identity.service, identity.iteration, identity.version, uptime(), requests,
                              load.pages * PAGE >> 20);
        answer(fd, 200, keep, "application/json", json, (size_t)length);
    } else if (post && strcmp(path, "/healthy") == 0) {
        healthy = !broken;
        answer_text(fd, healthy ? 200 : 503, keep, healthy ? "healthy\n" : "unhealthy\n");
    } else if (post && strcmp(path, "/unhealthy") == 0) {
        healthy = false;
        answer_text(fd, 200, keep, "unhealthy\n");
    } else if (post && strncmp(path, "/load", 5) == 0) {
        set_load(path);
        answer_text(fd, 200, keep, "ok\n");
    } else if (strcmp(path, "/data") == 0 && strcmp(method, "PUT") == 0 && body_length <= DATA_BYTES) {
        memcpy(data, body, body_length);
        data_length = body_length;
        answer_text(fd, 200, keep, "ok\n");
    } else if (strcmp(path, "/data") == 0) {
        answer(fd, 200, keep, "application/octet-stream", data, data_length);
    } else {
        answer_text(fd, 404, keep, "no such page\n");
    }
}

/* Serves every whole request in the buffer. False: the connection is to be closed. */
static bool serve(struct client *client) {
    for (;;) {
        client->buffer[client->used] = '\0';
        char *end = strstr(client->buffer, "\r\n\r\n");
        if (!end) return client->used < REQUEST_BYTES;
        char method[8], path[256], version[16];
        if (sscanf(client->buffer, "%7s %255s %15s", method, path, version) != 3) {
            answer_text(client->fd, 400, false, "malformed request\n");
            return false;
        }
        *end = '\0';
        const char *length_header = strcasestr(client->buffer, "\r\ncontent-length:");
        size_t body_length = length_header ? strtoul(length_header + 17, NULL, 10) : 0;
        bool keep = strcmp(version, "HTTP/1.1") == 0 && !strcasestr(client->buffer, "\r\nconnection: close");
        *end = '\r';
        char *body = end + 4;
        size_t total = (size_t)(body - client->buffer) + body_length;
        if (total > REQUEST_BYTES) {
            answer_text(client->fd, 400, false, "too large\n");
            return false;
        }
        if (client->used < total) return true;
        route(client->fd, method, path, body, body_length, keep);
        if (!keep) return false;
        memmove(client->buffer, client->buffer + total, client->used - total);
        client->used -= total;
    }
}

static int listen_on(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 512) < 0) {
        perror("httpd: listen");
        exit(1);
    }
    return fd;
}

static void watch(int epoll, int fd, void *tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void drop(struct client *client) {
    close(client->fd);
    free(client);
}

static void receive(struct client *client) {
    ssize_t got = recv(client->fd, client->buffer + client->used, REQUEST_BYTES - client->used, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        drop(client);
        return;
    }
    client->used += (size_t)got;
    if (!serve(client)) drop(client);
}

int main(int argc, char **argv) {
    static int listener_tag, timer_tag;
    struct sigaction hangup = {.sa_handler = on_hangup};
    /* Only while waiting: a signal between the look at "reread" and the wait would else be noticed too late. */
    sigset_t only_hangup, usual;
    sigemptyset(&only_hangup);
    sigaddset(&only_hangup, SIGHUP);
    sigprocmask(SIG_BLOCK, &only_hangup, &usual);
    sigdelset(&usual, SIGHUP);
    sigaction(SIGHUP, &hangup, NULL);
    signal(SIGPIPE, SIG_IGN);
    broken = access("/etc/diecast/broken", F_OK) == 0;
    healthy = !broken;

    int listener = listen_on((uint16_t)(argc > 1 ? atoi(argv[1]) : 80));
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec tick = {{0, TICK_MS * 1000000L}, {0, TICK_MS * 1000000L}}, never = {{0, 0}, {0, 0}};
    bool ticking = false;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, listener, &listener_tag);
    watch(epoll, timer, &timer_tag);

    for (;;) {
        if (reread) read_identity();
        if (ticking != (load.memory != NULL)) {
            ticking = !ticking;
            timerfd_settime(timer, 0, ticking ? &tick : &never, NULL);
        }
        struct epoll_event events[64];
        int count = epoll_pwait(epoll, events, 64, -1, &usual);
        for (int index = 0; index < count; index++) {
            void *tag = events[index].data.ptr;
            if (tag == &listener_tag) {
                int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
                struct client *client = fd < 0 ? NULL : calloc(1, sizeof *client);
                if (!client) continue;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                client->fd = fd;
                watch(epoll, fd, client);
            } else if (tag == &timer_tag) {
                uint64_t ticks = 0;
                if (read(timer, &ticks, sizeof ticks) == sizeof ticks) dirty_memory(ticks);
            } else {
                receive(tag);
            }
        }
    }
}
