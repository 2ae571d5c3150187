#include "runtime/bindings/node/report_handles.h"

#include <netinet/in.h>
#include <string.h>
#include <uv.h>

#include <cstdio>
#include <string>

namespace dv8::node {
namespace {

std::string Address(const void* pointer) {
  char text[32];
  std::snprintf(text, sizeof(text), "0x%016lx", reinterpret_cast<unsigned long>(pointer));
  return text;
}

// {host, ip4 or ip6, port}, or null. The host is the address: nothing is asked of a name server.
void AddEndpoint(JsonWriter* json, const char* name, int rc, const sockaddr_storage& address) {
  if (rc != 0) return json->AddNull(name);
  char text[INET6_ADDRSTRLEN] = "";
  const auto* all = reinterpret_cast<const sockaddr*>(&address);
  const bool is_v6 = address.ss_family == AF_INET6;
  uv_ip_name(all, text, sizeof(text));
  json->BeginObject(name);
  json->Add("host", text);
  json->Add(is_v6 ? "ip6" : "ip4", text);
  json->Add("port",
            ntohs(is_v6 ? reinterpret_cast<const sockaddr_in6*>(all)->sin6_port : reinterpret_cast<const sockaddr_in*>(all)->sin_port));
  json->EndObject();
}

template <typename Handle>
void AddEndpoints(JsonWriter* json, const Handle* handle, int (*local)(const Handle*, sockaddr*, int*),
                  int (*remote)(const Handle*, sockaddr*, int*)) {
  sockaddr_storage address{};
  int size = sizeof(address);
  int rc = local(handle, reinterpret_cast<sockaddr*>(&address), &size);
  AddEndpoint(json, "localEndpoint", rc, address);
  size = sizeof(address);
  rc = remote(handle, reinterpret_cast<sockaddr*>(&address), &size);
  AddEndpoint(json, "remoteEndpoint", rc, address);
}

// A path that libuv writes; null when there is none.
template <typename Handle, typename Get>
void AddPath(JsonWriter* json, const char* name, Handle* handle, Get get) {
  char path[4096];
  size_t size = sizeof(path);
  if (get(handle, path, &size) == 0 && size > 0) {
    json->Add(name, std::string_view(path, size));
  } else {
    json->AddNull(name);
  }
}

void AddTimer(JsonWriter* json, const uv_timer_t* timer) {
  const uint64_t due =
      uv_is_active(reinterpret_cast<const uv_handle_t*>(timer)) ? uv_now(timer->loop) + uv_timer_get_due_in(timer) : timer->timeout;
  const uint64_t now = uv_now(timer->loop);
  json->Add("repeat", uv_timer_get_repeat(timer));
  json->Add("firesInMsFromNow", static_cast<int64_t>(due - now));
  json->Add("expired", now >= due);
}

void AddSignal(JsonWriter* json, int number) {
  const char* name = sigabbrev_np(number);
  json->Add("signum", number);
  json->Add("signal", name == nullptr ? std::string() : std::string("SIG") + name);
}

void AddKind(JsonWriter* json, uv_any_handle* handle) {
  switch (handle->handle.type) {
    case UV_FS_EVENT: return AddPath(json, "filename", &handle->fs_event, uv_fs_event_getpath);
    case UV_FS_POLL: return AddPath(json, "filename", &handle->fs_poll, uv_fs_poll_getpath);
    case UV_PROCESS: return json->Add("pid", handle->process.pid);
    case UV_TCP: return AddEndpoints(json, &handle->tcp, uv_tcp_getsockname, uv_tcp_getpeername);
    case UV_UDP: return AddEndpoints(json, &handle->udp, uv_udp_getsockname, uv_udp_getpeername);
    case UV_NAMED_PIPE:
      AddPath(json, "localEndpoint", &handle->pipe, uv_pipe_getsockname);
      return AddPath(json, "remoteEndpoint", &handle->pipe, uv_pipe_getpeername);
    case UV_TIMER: return AddTimer(json, &handle->timer);
    case UV_TTY:
      if (int width, height; uv_tty_get_winsize(&handle->tty, &width, &height) == 0) {
        json->Add("width", width);
        json->Add("height", height);
      }
      return;
    case UV_SIGNAL: return AddSignal(json, handle->signal.signum);
    default: return;
  }
}

void AddSocket(JsonWriter* json, uv_any_handle* handle) {
  const uv_handle_type type = handle->handle.type;
  const bool is_stream = type == UV_TCP || type == UV_NAMED_PIPE || type == UV_TTY;
  if (!is_stream && type != UV_UDP && type != UV_POLL) return;
  if (type != UV_TTY && type != UV_POLL) {
    int send_size = 0, receive_size = 0;  // 0 asks.
    uv_send_buffer_size(&handle->handle, &send_size);
    uv_recv_buffer_size(&handle->handle, &receive_size);
    json->Add("sendBufferSize", send_size);
    json->Add("recvBufferSize", receive_size);
  }
  if (uv_os_fd_t fd; uv_fileno(&handle->handle, &fd) == 0) {
    static constexpr const char* kNames[] = {"stdin", "stdout", "stderr"};
    json->Add("fd", fd);
    if (fd >= 0 && fd <= 2) json->Add("stdio", kNames[fd]);
  }
  if (is_stream) {
    json->Add("writeQueueSize", uv_stream_get_write_queue_size(&handle->stream));
    json->Add("readable", uv_is_readable(&handle->stream) != 0);
    json->Add("writable", uv_is_writable(&handle->stream) != 0);
  } else if (type == UV_UDP) {
    json->Add("writeQueueSize", uv_udp_get_send_queue_size(&handle->udp));
    json->Add("writeQueueCount", uv_udp_get_send_queue_count(&handle->udp));
  }
}

void AddHandle(uv_handle_t* handle, void* data) {
  auto* json = static_cast<JsonWriter*>(data);
  json->BeginObject();
  json->Add("type", uv_handle_type_name(handle->type));
  json->Add("is_active", uv_is_active(handle) != 0);
  json->Add("is_referenced", uv_has_ref(handle) != 0);
  json->Add("address", Address(handle));
  AddKind(json, reinterpret_cast<uv_any_handle*>(handle));
  AddSocket(json, reinterpret_cast<uv_any_handle*>(handle));
  json->EndObject();
}

}  // namespace

void AddHandles(JsonWriter* json, Environment* env) {
  json->BeginArray("libuv");
  if (env->has_loop()) {
    uv_walk(env->loop(), AddHandle, json);
    json->BeginObject();
    json->Add("type", "loop");
    json->Add("is_active", uv_loop_alive(env->loop()) != 0);
    json->Add("address", Address(env->loop()));
    json->Add("loopIdleTimeSeconds", static_cast<double>(uv_metrics_idle_time(env->loop())) / 1e9);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace dv8::node
