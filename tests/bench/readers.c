// Many readers of one stream of server-sent events, in one process and one thread: what a browser's EventSource costs would be
// measured otherwise. It connects, says `ready` when every reader has heard something, reads until its input ends, and writes
// down when each event came to each reader.
//
//   readers PORT PATH COUNT FILE [COOKIE…]       cookies are taken in turn
//
// FILE gets a pair of doubles for each delivery: the event's number, and the moment (ms since 1970).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 64, EVENTS = 512, STEP = 50 };

typedef struct {
  int fd;
  int length;      // of the line so far, as far as it is kept
  int heard;       // whether an answer has begun
  double id;       // of the frame that is being read
  char line[LINE]; // its beginning: enough to tell what it is
} Reader;

typedef struct {
  double id, at;
} Delivery;

static Delivery *deliveries;
static size_t count, room;
static int heard, ended;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void deliver(double id, double at) {
  if (count == room) {
    room = room ? 2 * room : 1 << 20;
    deliveries = realloc(deliveries, room * sizeof *deliveries);
    if (!deliveries) fail("realloc");
  }
  deliveries[count++] = (Delivery){id, at};
}

// A whole line: of the answer's head, of a chunk's length, or of a frame. The rest of a long one is passed over.
static void line_ends(Reader *reader, double at) {
  reader->line[reader->length] = 0;
  if (!reader->heard && !strncmp(reader->line, "HTTP/1.1 ", 9)) {
    if (strncmp(reader->line + 9, "200", 3)) {
      fprintf(stderr, "refused: %s\n", reader->line);
      exit(1);
    }
    reader->heard = 1;
    heard++;
  }
  if (!strncmp(reader->line, "id: ", 4)) reader->id = strtod(reader->line + 4, NULL);
  if (!strncmp(reader->line, "event: incident", 15)) deliver(reader->id, at);
  reader->length = 0;
}

static void take(Reader *reader, const char *bytes, size_t length, double at) {
  while (length) {
    const char *end = memchr(bytes, '\n', length);
    size_t part = end ? (size_t)(end - bytes) : length;
    size_t kept = part < (size_t)(LINE - 1 - reader->length) ? part : (size_t)(LINE - 1 - reader->length);
    memcpy(reader->line + reader->length, bytes, kept);
    reader->length += kept;
    if (!end) return;
    line_ends(reader, at);
    bytes += part + 1;
    length -= part + 1;
  }
}

static void join(Reader *reader, int epoll, int port, const char *path, const char *cookie) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  reader->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (reader->fd < 0 || connect(reader->fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
  char request[2048];
  int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\nCookie: %s\r\n\r\n", path, port, cookie);
  if (write(reader->fd, request, length) != length) fail("write");
  fcntl(reader->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = reader};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, reader->fd, &event)) fail("epoll_ctl");
}

// Reads what has come. Answers 0 when the input, and with it the measurement, has ended.
static int turn(int epoll, int patience) {
  static char buffer[1 << 16];
  struct epoll_event events[EVENTS];
  int n = epoll_wait(epoll, events, EVENTS, patience);
  if (n < 0 && errno != EINTR) fail("epoll_wait");
  for (int i = 0; i < n; i++) {
    Reader *reader = events[i].data.ptr;
    if (!reader) return read(0, buffer, sizeof buffer) > 0;
    ssize_t got = read(reader->fd, buffer, sizeof buffer);
    if (got > 0) {
      take(reader, buffer, got, now());
    } else if (got == 0 || errno != EAGAIN) {
      ended++;
      epoll_ctl(epoll, EPOLL_CTL_DEL, reader->fd, NULL);
    }
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "readers PORT PATH COUNT FILE [COOKIE...]\n"), 2;
  int port = atoi(argv[1]), wanted = atoi(argv[3]), cookies = argc - 5;
  struct rlimit most = {.rlim_cur = wanted + 64, .rlim_max = 0};
  struct rlimit had;
  getrlimit(RLIMIT_NOFILE, &had);
  most.rlim_max = had.rlim_max;
  if (had.rlim_cur < most.rlim_cur && setrlimit(RLIMIT_NOFILE, &most)) fail("setrlimit");
  Reader *readers = calloc(wanted, sizeof *readers);
  int epoll = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  if (!readers || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &input)) fail("preparing");
  for (int i = 0; i < wanted; i++) {
    join(&readers[i], epoll, port, argv[2], cookies ? argv[5 + i % cookies] : "");
    // Not all at once: a queue of connections has an end.
    for (; heard < i + 1 - STEP;)
      if (!turn(epoll, 100)) return 1;
  }
  while (heard < wanted)
    if (!turn(epoll, 100)) return 1;
  printf("ready\n");
  fflush(stdout);
  while (turn(epoll, -1)) continue;
  FILE *file = fopen(argv[4], "wb");
  if (!file || fwrite(deliveries, sizeof *deliveries, count, file) != count || fclose(file)) fail(argv[4]);
  printf("%zu deliveries, %d readers ended early\n", count, ended);
  return ended > 0;
}
