// The floor: an echo server of one thread, epoll and nothing else. It prints its address and serves until its input ends.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what) {
	perror(what);
	exit(1);
}

static void watch(int ep, int fd) {
	struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = fd};
	if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e))
		fail("epoll_ctl");
}

static void accept_all(int ep, int ln) {
	int one = 1, fd;
	while ((fd = accept4(ln, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		watch(ep, fd);
	}
	if (errno != EAGAIN)
		fail("accept4");
}

// echo answers what is there. Messages are small: a socket that does not take an answer ends the connection.
static void echo(int fd) {
	static char buf[64 << 10];
	for (;;) {
		ssize_t n = recv(fd, buf, sizeof buf, 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0 || send(fd, buf, n, MSG_NOSIGNAL) != n) {
			close(fd);
			return;
		}
		if (n < (ssize_t)sizeof buf)
			return; // more is a new edge
	}
}

int main(void) {
	struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof addr;
	int ln = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), ep = epoll_create1(EPOLL_CLOEXEC);
	if (ln < 0 || ep < 0 || bind(ln, (struct sockaddr *)&addr, size) || listen(ln, SOMAXCONN) || getsockname(ln, (struct sockaddr *)&addr, &size))
		fail("listen");
	watch(ep, ln);
	struct epoll_event in = {.events = EPOLLIN | EPOLLHUP, .data.fd = 0};
	if (epoll_ctl(ep, EPOLL_CTL_ADD, 0, &in))
		fail("epoll_ctl of the input, which is to be a pipe");
	printf("serving 127.0.0.1:%d\n", ntohs(addr.sin_port));
	fflush(stdout);
	for (;;) {
		struct epoll_event events[256];
		int n = epoll_wait(ep, events, 256, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			if (fd == ln) {
				accept_all(ep, ln);
			} else if (fd == 0) { // a line asks to give memory back, of which there is none
				char line[64];
				if (read(0, line, sizeof line) <= 0)
					return 0;
				puts("done");
				fflush(stdout);
			} else {
				echo(fd);
			}
		}
	}
}
