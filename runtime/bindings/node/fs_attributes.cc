// internalBinding('fs'): modes, owners and times.
#include "runtime/bindings/node/fs_calls.h"
#include "runtime/bindings/node/fs_functions.h"

namespace dv8::node {
namespace {

// Calls a function of libuv that changes what is at a path, unless that is embedded.
template <auto kFunction, typename... Arguments>
void Change(const CallInfo& info, const Completion& completion, const char* syscall, FsPath path, Arguments... arguments) {
  PerformOn(info, completion, syscall, std::move(path), [=](const FsTask& task) -> int64_t {
    if (const int rc = RefuseChange(task.root, *task.path); rc != 0) return rc;
    return RunUv(kFunction, task.path->c_str(), arguments...);
  });
}

}  // namespace

void FsChmod(const CallInfo& info, FsPath path, uint32_t mode, Completion completion) {
  Change<uv_fs_chmod>(info, completion, "chmod", std::move(path), static_cast<int>(mode));
}

void FsFchmod(const CallInfo& info, Fd fd, uint32_t mode, Completion completion) {
  Perform(info, completion, "fchmod", [=](const FsTask&) { return RunUv(uv_fs_fchmod, fd.value, static_cast<int>(mode)); });
}

void FsChown(const CallInfo& info, FsPath path, int64_t uid, int64_t gid, Completion completion) {
  Change<uv_fs_chown>(info, completion, "chown", std::move(path), static_cast<uv_uid_t>(uid), static_cast<uv_gid_t>(gid));
}

void FsLchown(const CallInfo& info, FsPath path, int64_t uid, int64_t gid, Completion completion) {
  Change<uv_fs_lchown>(info, completion, "lchown", std::move(path), static_cast<uv_uid_t>(uid), static_cast<uv_gid_t>(gid));
}

void FsFchown(const CallInfo& info, Fd fd, int64_t uid, int64_t gid, Completion completion) {
  Perform(info, completion, "fchown",
          [=](const FsTask&) { return RunUv(uv_fs_fchown, fd.value, static_cast<uv_uid_t>(uid), static_cast<uv_gid_t>(gid)); });
}

void FsUtimes(const CallInfo& info, FsPath path, double atime, double mtime, Completion completion) {
  Change<uv_fs_utime>(info, completion, "utime", std::move(path), atime, mtime);
}

void FsLutimes(const CallInfo& info, FsPath path, double atime, double mtime, Completion completion) {
  Change<uv_fs_lutime>(info, completion, "lutime", std::move(path), atime, mtime);
}

void FsFutimes(const CallInfo& info, Fd fd, double atime, double mtime, Completion completion) {
  Perform(info, completion, "futime", [=](const FsTask&) { return RunUv(uv_fs_futime, fd.value, atime, mtime); });
}

}  // namespace dv8::node
