#include <cstring>
#include <memory>

#include "runtime/bindings/spawn_options.h"
#include "runtime/core/check.h"
#include "runtime/core/environment.h"

namespace dv8 {
namespace {

std::vector<std::string> Texts(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  std::vector<std::string> result;
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  auto list = value.As<v8::Array>();
  for (uint32_t i = 0; i < list->Length(); i++) {
    result.emplace_back(Utf8(isolate, list->Get(context, i).ToLocalChecked()).view());
  }
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// The child, its pipes and its time limit, on a loop of their own: the program's own callbacks
// do not run meanwhile.
class Waiter {
 public:
  Waiter(uint64_t timeout, double max_buffer, int kill_signal)
      : timeout_(timeout), max_buffer_(max_buffer), kill_signal_(kill_signal) {
    error = InitLoop(&loop_);
    if (error < 0) return;
    has_loop_ = true;
    uv_timer_init(&loop_, &timer_);
    timer_.data = this;
    process_.data = this;
  }
  ~Waiter() {
    if (!has_loop_) return;
    uv_walk(
        &loop_,
        [](uv_handle_t* handle, void*) {
          if (!uv_is_closing(handle)) uv_close(handle, nullptr);
        },
        nullptr);
    uv_run(&loop_, UV_RUN_DEFAULT);
    DV8_CHECK(uv_loop_close(&loop_) == 0);
  }

  struct Channel {
    Waiter* owner;
    uv_pipe_t pipe;
    std::string output;
    bool reads = false;
    char chunk[65536];
  };

  Channel* AddPipe() {
    auto channel = std::make_unique<Channel>();
    channel->owner = this;
    if (has_loop_) uv_pipe_init(&loop_, &channel->pipe, 0);
    channel->pipe.data = channel.get();
    channels_.push_back(std::move(channel));
    return channels_.back().get();
  }

  // `error` says when there was nothing to run.
  void Run(uv_process_options_t* options, Channel* stdin_pipe, std::string_view input) {
    if (!has_loop_) return;
    options->exit_cb = [](uv_process_t* process, int64_t code, int signal) {
      auto* self = static_cast<Waiter*>(process->data);
      self->code = code;
      self->signal = signal;
      self->exited_ = true;
      uv_timer_stop(&self->timer_);
    };
    if (int rc = uv_spawn(&loop_, &process_, options); rc < 0) {
      error = rc;
      return;
    }
    pid = process_.pid;
    if (timeout_ > 0) {
      uv_timer_start(
          &timer_, [](uv_timer_t* timer) { static_cast<Waiter*>(timer->data)->Kill(UV_ETIMEDOUT); },
          timeout_, 0);
    }
    for (auto& channel : channels_) {
      auto* stream = reinterpret_cast<uv_stream_t*>(&channel->pipe);
      if (channel.get() != stdin_pipe) {
        channel->reads = true;
        uv_read_start(stream, Allocate, OnRead);
        continue;
      }
      if (!input.empty()) {
        const uv_buf_t buffer{const_cast<char*>(input.data()), input.size()};
        uv_write(&write_, stream, &buffer, 1, nullptr);
      }
      uv_shutdown(&shutdown_, stream, [](uv_shutdown_t* request, int) {
        auto* handle = reinterpret_cast<uv_handle_t*>(request->handle);
        if (!uv_is_closing(handle)) uv_close(handle, nullptr);
      });
    }
    uv_run(&loop_, UV_RUN_DEFAULT);
  }

  int pid = 0;
  int64_t code = 0;
  int signal = 0;
  int error = 0;

 private:
  void Kill(int why) {
    if (error == 0) error = why;
    if (!exited_) uv_process_kill(&process_, kill_signal_);
    // A grandchild may hold the pipes open: what it still writes is not waited for.
    for (auto& channel : channels_) {
      auto* handle = reinterpret_cast<uv_handle_t*>(&channel->pipe);
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
    }
  }

  static void Allocate(uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* channel = static_cast<Channel*>(handle->data);
    *buffer = uv_buf_init(channel->chunk, sizeof(channel->chunk));
  }

  static void OnRead(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) {
    auto* channel = static_cast<Channel*>(stream->data);
    if (count < 0) {
      auto* handle = reinterpret_cast<uv_handle_t*>(stream);
      if (!uv_is_closing(handle)) uv_close(handle, nullptr);
      return;
    }
    channel->output.append(buffer->base, static_cast<size_t>(count));
    Waiter* owner = channel->owner;
    owner->buffered_ += static_cast<double>(count);
    if (owner->buffered_ > owner->max_buffer_) owner->Kill(UV_ENOBUFS);
  }

  uv_loop_t loop_;
  bool has_loop_ = false;  // False where the system had no descriptors for it.
  uv_timer_t timer_;
  uv_process_t process_;
  uv_write_t write_;
  uv_shutdown_t shutdown_;
  std::vector<std::unique_ptr<Channel>> channels_;
  uint64_t timeout_;
  double max_buffer_;  // Bytes over all pipes.
  double buffered_ = 0;
  int kill_signal_;
  bool exited_ = false;
};

}  // namespace

SpawnOptions::SpawnOptions(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  file_ = Utf8(isolate, info[0]).view();
  args_ = Texts(isolate, info[1]);
  arg_pointers_ = Pointers(args_);
  uv.file = file_.c_str();
  uv.args = arg_pointers_.data();
  if (!info[2]->IsUndefined()) {
    env_ = Texts(isolate, info[2]);
    env_pointers_ = Pointers(env_);
    uv.env = env_pointers_.data();
  }
  if (!info[3]->IsUndefined()) {
    cwd_ = Utf8(isolate, info[3]).view();
    uv.cwd = cwd_.c_str();
  }
  uv.flags = Uint32Arg(info, 4);
  if (!info[5]->IsUndefined()) {
    uv.uid = static_cast<uv_uid_t>(Int64Arg(info, 5));
    uv.flags |= UV_PROCESS_SETUID;
  }
  if (!info[6]->IsUndefined()) {
    uv.gid = static_cast<uv_gid_t>(Int64Arg(info, 6));
    uv.flags |= UV_PROCESS_SETGID;
  }
}

void SpawnSync(const CallInfo& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  if (Environment::From(info)->mode() == Environment::Mode::kBuild) {
    return ThrowTypeError(isolate, "A process cannot be started while the snapshot is made");
  }
  SpawnOptions options(info);
  Waiter waiter(static_cast<uint64_t>(NumberArg(info, 9)), NumberArg(info, 10),
                Int32Arg(info, 11));
  auto list = info[7].As<v8::Array>();
  std::vector<uv_stdio_container_t> stdio(list->Length());
  std::vector<Waiter::Channel*> channels(list->Length(), nullptr);
  for (uint32_t i = 0; i < list->Length(); i++) {
    const int fd = list->Get(context, i).ToLocalChecked().As<v8::Int32>()->Value();
    if (fd == -2) {
      channels[i] = waiter.AddPipe();
      stdio[i].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE |
                                                   UV_WRITABLE_PIPE);
      stdio[i].data.stream = reinterpret_cast<uv_stream_t*>(&channels[i]->pipe);
    } else {
      stdio[i].flags = fd < 0 ? UV_IGNORE : UV_INHERIT_FD;
      stdio[i].data.fd = fd;
    }
  }
  options.uv.stdio = stdio.data();
  options.uv.stdio_count = static_cast<int>(stdio.size());
  std::string input;
  if (!info[8]->IsUndefined()) {
    const std::span<uint8_t> bytes = BytesOf(info[8]);
    input.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  waiter.Run(&options.uv, channels.empty() ? nullptr : channels[0], input);
  std::vector<v8::Local<v8::Value>> result = {
      v8::Integer::New(isolate, waiter.pid),
      v8::Number::New(isolate, static_cast<double>(waiter.code)),
      v8::Integer::New(isolate, waiter.signal),
      v8::Integer::New(isolate, waiter.error),
  };
  for (Waiter::Channel* channel : channels) {
    if (channel == nullptr || !channel->reads) {
      result.push_back(v8::Null(isolate));
      continue;
    }
    v8::Local<v8::ArrayBuffer> output = v8::ArrayBuffer::New(isolate, channel->output.size());
    if (!channel->output.empty()) {
      std::memcpy(output->Data(), channel->output.data(), channel->output.size());
    }
    result.push_back(output);
  }
  info.GetReturnValue().Set(v8::Array::New(isolate, result.data(), result.size()));
}

}  // namespace dv8
