#include "runtime/bindings/node/fs_stat_watcher.h"

#include "runtime/binding/typed.h"
#include "runtime/bindings/node/fs_state.h"

namespace dv8::node {

StatWatcher::StatWatcher(Environment* env, v8::Local<v8::Object> object, bool bigint)
    : HandleWrap(env, object, reinterpret_cast<uv_handle_t*>(&handle_), Provider::STATWATCHER), bigint_(bigint) {
  uv_fs_poll_init(env->loop(), &handle_);
  handle_.data = static_cast<HandleWrap*>(this);
}

v8::Local<v8::Value> StatWatcher::Start(Environment* env, FsPath path, uint32_t interval) {
  v8::Isolate* isolate = env->isolate();
  const VirtualRoot* root = VirtualRoot::Of(env);
  if (root != nullptr && root->FindOnly(path.value)) return v8::Undefined(isolate);
  const int rc = uv_fs_poll_start(&handle_, OnChange, path.c_str(), interval);
  if (rc == 0) return v8::Undefined(isolate);
  return v8::Integer::New(isolate, rc);
}

void StatWatcher::OnChange(uv_fs_poll_t* handle, int status, const uv_stat_t* before, const uv_stat_t* now) {
  auto* self = static_cast<StatWatcher*>(static_cast<HandleWrap*>(handle->data));
  Environment* env = self->env();
  v8::Isolate* isolate = env->isolate();
  v8::HandleScope scope(isolate);
  v8::Context::Scope context_scope(env->context());
  FsState& state = env->State<FsState>();
  v8::Local<v8::Value> stats = state.Share(*now, self->bigint_);
  state.Share(*before, self->bigint_, kStatFields);
  v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, status), stats};
  self->MakeCallback("onchange", 2, argv);
}

void NewStatWatcher(const CallInfo& info) {
  if (!info.IsConstructCall()) return RefuseConstruction(info);
  if (OpenLoop(info)) new StatWatcher(Environment::From(info), info.This(), info[0]->IsTrue());
}

}  // namespace dv8::node
