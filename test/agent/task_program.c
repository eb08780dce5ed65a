/* What Tasks of the tests run: one static program with a few ways to behave, and the pause process. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t last_signal;
static void note_signal(int number) { last_signal = number; }

static void catch_signals(void) {
  struct sigaction action = {.sa_handler = note_signal};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGUSR1, &action, NULL);
}

static int finish(void) {
  printf("ended by signal %d\n", (int)last_signal);
  return last_signal == SIGTERM ? 0 : 40 + last_signal;
}

/* serve PORT [FILE]: answers every request with 200 and the Task's name; 503 while FILE exists. */
static int serve(int port, const char* sick_file) {
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) || listen(listener, 64)) return 9;
  printf("serving on %d\n", port);
  while (!last_signal) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) continue;
    char request[4096], body[256], answer[512];
    ssize_t got = read(connection, request, sizeof request - 1);
    request[got > 0 ? got : 0] = 0;
    if (sick_file && strstr(request, "GET /fall")) fclose(fopen(sick_file, "w"));
    if (sick_file && strstr(request, "GET /rise")) unlink(sick_file);
    snprintf(body, sizeof body, "%s %s\n", getenv("HANCOCK_TASK") ? getenv("HANCOCK_TASK") : "-",
             getenv("GREETING") ? getenv("GREETING") : "-");
    int sick = sick_file && access(sick_file, F_OK) == 0;
    snprintf(answer, sizeof answer, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
             sick ? "503 Sick" : "200 OK", strlen(body), body);
    if (write(connection, answer, strlen(answer)) < 0) printf("write failed\n");
    close(connection);
  }
  return finish();
}

static int print_lines(int count) {
  for (int i = 1; i <= count; ++i) {
    printf("line %d\n", i);
    fprintf(stderr, "error %d\n", i);
  }
  return 0;
}

static int tick(void) {
  for (int i = 1; !last_signal; ++i) {
    printf("tick %d\n", i);
    usleep(100000);
  }
  return finish();
}

/* flood MEBIBYTES: writes so much at once. */
static int flood(int mebibytes) {
  char line[1024];
  memset(line, 'x', sizeof line - 1);
  line[sizeof line - 1] = 0;
  for (int i = 0; i < mebibytes * 1024; ++i) puts(line);
  while (!last_signal) pause();
  return finish();
}

static int hog(size_t mebibytes) {
  for (size_t i = 0; i < mebibytes; ++i) memset(malloc(1 << 20), 1, 1 << 20);
  printf("holding %zu MiB\n", mebibytes);
  while (!last_signal) pause();
  return finish();
}

/* Forks children that wait until the kernel refuses, then tells how many there were. */
static int fork_until_refused(void) {
  int children = 0;
  while (children < 10000) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0) {
      while (1) pause();
    }
    ++children;
  }
  printf("refused after %d\n", children);
  while (!last_signal) pause();
  return finish();
}

static int show_environment(void) {
  extern char** environ;
  for (char** entry = environ; *entry; ++entry) printf("%s\n", *entry);
  printf("pid %d uid %d gid %d\n", (int)getpid(), (int)getuid(), (int)getgid());
  FILE* status = fopen("/proc/self/status", "r");
  char line[256];
  while (status && fgets(line, sizeof line, status)) {
    if (!strncmp(line, "Cap", 3) || !strncmp(line, "Seccomp:", 8) || !strncmp(line, "NoNewPrivs", 10)) {
      fputs(line, stdout);
    }
  }
  while (!last_signal) pause();
  return finish();
}

/* Tells whether it can connect. */
static int dial(const char* ip, int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {.tv_sec = 2};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  inet_pton(AF_INET, ip, &address.sin_addr);
  int failed = connect(fd, (struct sockaddr*)&address, sizeof address);
  printf("dial %s\n", failed ? strerror(errno) : "connected");
  while (!last_signal) pause();
  return finish();
}

/* await FILE: waits to be stopped, and tells by its exit code whether FILE was there by then. */
static int await_file(const char* file) {
  while (!last_signal) pause();
  return access(file, F_OK) == 0 ? 50 : 51;
}

/* until FILE: waits for it, whatever signals say. */
static int until(const char* file) {
  while (access(file, F_OK) != 0) usleep(10000);
  return 0;
}

int main(int argc, char** argv) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  const char* verb = argc > 1 ? argv[1] : "pause";
  const char* first = argc > 2 ? argv[2] : "";
  const char* second = argc > 3 ? argv[3] : NULL;
  if (!strcmp(verb, "exit")) {
    fprintf(stderr, "about to exit\n");
    return atoi(first);
  }
  if (!strcmp(verb, "stubborn")) {
    signal(SIGTERM, SIG_IGN);
    printf("stubborn\n");
    while (1) pause();
  }
  catch_signals();
  if (!strcmp(verb, "serve")) return serve(atoi(first), second);
  if (!strcmp(verb, "print")) return print_lines(atoi(first));
  if (!strcmp(verb, "tick")) return tick();
  if (!strcmp(verb, "flood")) return flood(atoi(first));
  if (!strcmp(verb, "hog")) return hog((size_t)atoi(first));
  if (!strcmp(verb, "fork")) return fork_until_refused();
  if (!strcmp(verb, "show")) return show_environment();
  if (!strcmp(verb, "dial")) return dial(first, second ? atoi(second) : 0);
  if (!strcmp(verb, "await")) return await_file(first);
  if (!strcmp(verb, "until")) return until(first);
  if (!strcmp(verb, "touch")) return fopen(first, "w") ? 0 : 1;
  if (!strcmp(verb, "exists")) return access(first, F_OK) == 0 ? 0 : 1;
  while (!last_signal) pause();
  return finish();
}
