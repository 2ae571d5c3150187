// The least that a server of libuv and llhttp can do: each request gets the same answer. What the
// others in httpd.py are measured against.
#include <llhttp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static const char kAnswer[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nHello, World!\n";

typedef struct {
  uv_tcp_t tcp;
  llhttp_t parser;
  char input[16384];
} connection_t;

typedef struct {
  uv_write_t request;
} answer_t;

static llhttp_settings_t settings;

static void on_close(uv_handle_t* handle) { free(handle->data); }

static void on_written(uv_write_t* request, int status) {
  (void)status;
  free(request);
}

static int on_message_complete(llhttp_t* parser) {
  connection_t* connection = parser->data;
  uv_buf_t buffer = uv_buf_init((char*)kAnswer, sizeof(kAnswer) - 1);
  const int written = uv_try_write((uv_stream_t*)&connection->tcp, &buffer, 1);
  if (written == (int)buffer.len) return 0;
  if (written < 0 && written != UV_EAGAIN) return -1;
  if (written > 0) buffer = uv_buf_init(buffer.base + written, buffer.len - (unsigned)written);
  answer_t* answer = malloc(sizeof(*answer));
  return uv_write(&answer->request, (uv_stream_t*)&connection->tcp, &buffer, 1, on_written);
}

static void on_allocate(uv_handle_t* handle, size_t size, uv_buf_t* buffer) {
  (void)size;
  connection_t* connection = handle->data;
  *buffer = uv_buf_init(connection->input, sizeof(connection->input));
}

static void on_read(uv_stream_t* stream, ssize_t size, const uv_buf_t* buffer) {
  connection_t* connection = stream->data;
  if (size < 0 || (size > 0 && llhttp_execute(&connection->parser, buffer->base, (size_t)size) != HPE_OK)) {
    if (!uv_is_closing((uv_handle_t*)stream)) uv_close((uv_handle_t*)stream, on_close);
  }
}

static void on_connection(uv_stream_t* server, int status) {
  if (status < 0) return;
  connection_t* connection = malloc(sizeof(*connection));
  uv_tcp_init(server->loop, &connection->tcp);
  connection->tcp.data = connection;
  llhttp_init(&connection->parser, HTTP_REQUEST, &settings);
  connection->parser.data = connection;
  if (uv_accept(server, (uv_stream_t*)&connection->tcp) == 0) {
    uv_tcp_nodelay(&connection->tcp, 1);
    uv_read_start((uv_stream_t*)&connection->tcp, on_allocate, on_read);
  } else {
    uv_close((uv_handle_t*)&connection->tcp, on_close);
  }
}

int main(void) {
  uv_loop_t* loop = uv_default_loop();
  uv_tcp_t server;
  struct sockaddr_storage address;
  int size = sizeof(address);
  signal(SIGPIPE, SIG_IGN);
  llhttp_settings_init(&settings);
  settings.on_message_complete = on_message_complete;
  uv_tcp_init(loop, &server);
  uv_ip4_addr("127.0.0.1", 0, (struct sockaddr_in*)&address);
  uv_tcp_bind(&server, (struct sockaddr*)&address, 0);
  if (uv_listen((uv_stream_t*)&server, 511, on_connection) != 0) return 1;
  uv_tcp_getsockname(&server, (struct sockaddr*)&address, &size);
  printf("%d\n", ntohs(((struct sockaddr_in*)&address)->sin_port));
  fflush(stdout);
  return uv_run(loop, UV_RUN_DEFAULT);
}
