// runtime/bindings/node/fs.cc: internalBinding('fs'), the file system. This file has the tables.
#include "runtime/bindings/node/fs_file_handle.h"
#include "runtime/bindings/node/fs_functions.h"
#include "runtime/bindings/node/fs_stat_watcher.h"
#include "runtime/bindings/node/fs_state.h"

namespace dv8::node {

FsState::FsState(Environment* env)
    : isolate(env->isolate()),
      stats(env, "fs.statValues", 2 * kStatFields),
      bigint_stats(env, "fs.bigintStatValues", 2 * kStatFields),
      statfs(env, "fs.statFsValues", kStatFsFields),
      bigint_statfs(env, "fs.bigintStatFsValues", kStatFsFields) {
  v8::HandleScope scope(isolate);
  const auto kept_class = [&](const char* name) { return env->Kept(name).As<v8::Function>(); };
  stats_array.Reset(isolate, stats.Get());
  bigint_stats_array.Reset(isolate, bigint_stats.Get());
  oncomplete.Reset(isolate, Internalized(isolate, "oncomplete"));
  use_promises.Reset(isolate, env->Kept("fs.kUsePromises").As<v8::Symbol>());
  promise_class.Reset(isolate, kept_class("fs.FSReqPromise"));
  close_request_class.Reset(isolate, kept_class("fs.FileHandleCloseReq"));
  file_handle_class.Reset(isolate, kept_class("fs.FileHandle"));
  settle.Reset(isolate, kept_class("fs.settle"));
}

namespace {

constexpr FunctionSpec kFunctions[] = {
    Typed<FsAccess>("access"),
    Typed<FsChmod>("chmod"),
    Typed<FsChown>("chown"),
    Typed<FsClose>("close"),
    Typed<FsCopyFile>("copyFile"),
    Typed<FsCpSyncCheckPaths>("cpSyncCheckPaths"),
    Typed<FsCpSyncCopyDir>("cpSyncCopyDir"),
    Typed<FsCpSyncOverrideFile>("cpSyncOverrideFile"),
    Typed<FsExists>("existsSync"),
    Typed<FsFchmod>("fchmod"),
    Typed<FsFchown>("fchown"),
    Typed<FsFdatasync>("fdatasync"),
    Typed<FsFstat>("fstat"),
    Typed<FsFsync>("fsync"),
    Typed<FsFtruncate>("ftruncate"),
    Typed<FsFutimes>("futimes"),
    Typed<FsGetFormatOfExtensionlessFile>("getFormatOfExtensionlessFile"),
    Typed<FsInternalModuleStat>("internalModuleStat"),
    Typed<FsLchown>("lchown"),
    Typed<FsLegacyMainResolve>("legacyMainResolve"),
    Typed<FsLink>("link"),
    Typed<FsLstat>("lstat"),
    Typed<FsLutimes>("lutimes"),
    Typed<FsMkdir>("mkdir"),
    Typed<FsMkdtemp>("mkdtemp"),
    Typed<FsOpen>("open"),
    Typed<FsOpenFileHandle>("openFileHandle"),
    Typed<FsRead>("read"),
    Typed<FsReadBuffers>("readBuffers"),
    Typed<FsReadFileUtf8>("readFileUtf8"),
    Typed<FsReaddir>("readdir"),
    Typed<FsReadlink>("readlink"),
    Typed<FsRealpath>("realpath"),
    Typed<FsRename>("rename"),
    Typed<FsRmSync>("rmSync"),
    Typed<FsRmdir>("rmdir"),
    Typed<FsStat>("stat"),
    Typed<FsStatfs>("statfs"),
    Typed<FsSymlink>("symlink"),
    Typed<FsUnlink>("unlink"),
    Typed<FsUtimes>("utimes"),
    Typed<FsWriteBuffer>("writeBuffer"),
    Typed<FsWriteBuffers>("writeBuffers"),
    Typed<FsWriteFileUtf8>("writeFileUtf8"),
    Typed<FsWriteString>("writeString"),
    Typed<SettleFunction>("settle"),
};

constexpr ConstantSpec kConstants[] = {{"kFsStatsFieldsNumber", kStatFields}};

constexpr FunctionSpec kFileHandleMethods[] = {
    Method<&FileHandle::Close>("close"),
    Method<&FileHandle::CloseSync>("closeSync"),
    Method<&FileHandle::ReleaseFd>("releaseFD"),
};
constexpr AccessorSpec kFileHandleAccessors[] = {Getter<&FileHandle::fd>("fd")};
constexpr FunctionSpec kStatWatcherMethods[] = {Method<&StatWatcher::Start>("start")};

constexpr ClassSpec kClasses[] = {
    {"FSReqCallback", Constructor<FsCallback, bool>(), {}, 1, {}, &kAsyncWrapClass},
    {"FSReqPromise", NewFsPromise, {}, 1, {}, &kAsyncWrapClass},
    {"FileHandleCloseReq", NewFileHandleCloseReq, {}, 1, {}, &kAsyncWrapClass},
    {"FileHandle", NewFileHandle, kFileHandleMethods, 1, kFileHandleAccessors, &kAsyncWrapClass},
    {"StatWatcher", NewStatWatcher, kStatWatcherMethods, 1, {}, &kHandleWrapClass},
};

// Keeps what C++ calls; what JavaScript has no use for leaves the binding's object.
void KeepForRequests(Environment* env, v8::Local<v8::Object> target) {
  v8::Local<v8::Context> context = env->context();
  const auto keep = [&](const char* name, const char* kept) {
    v8::Local<v8::String> key = Internalized(env->isolate(), name);
    env->Keep(kept, target->Get(context, key).ToLocalChecked());
    return key;
  };
  keep("FileHandle", "fs.FileHandle");
  target->Delete(context, keep("FSReqPromise", "fs.FSReqPromise")).Check();
  target->Delete(context, keep("FileHandleCloseReq", "fs.FileHandleCloseReq")).Check();
  target->Delete(context, keep("settle", "fs.settle")).Check();
}

void Init(Environment* env, v8::Local<v8::Object> target) {
  v8::Isolate* isolate = env->isolate();
  v8::Local<v8::Symbol> use_promises = v8::Symbol::New(isolate, Internalized(isolate, "fs_use_promises_symbol"));
  env->Keep("fs.kUsePromises", use_promises);
  KeepForRequests(env, target);
  FsState& state = env->State<FsState>();
  const auto set = [&](const char* name, v8::Local<v8::Value> value) {
    target->Set(env->context(), Internalized(isolate, name), value).Check();
  };
  set("kUsePromises", use_promises);
  set("statValues", state.stats.Get());
  set("bigintStatValues", state.bigint_stats.Get());
  set("statFsValues", state.statfs.Get());
  set("bigintStatFsValues", state.bigint_statfs.Get());
}

}  // namespace

extern const BindingSpec kNodeFs;
constexpr BindingSpec kNodeFs{"fs", kFunctions, kConstants, kClasses, Init};

}  // namespace dv8::node
