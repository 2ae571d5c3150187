// The functions of internalBinding('fs'), by the file that has them. A last argument `completion` says how
// the call runs; the arguments of those that read it themselves are in their comments. Names in results are in
// the encoding that an argument `encoding` says ("buffer", "latin1"), UTF-8 by default.
#pragma once

#include "runtime/bindings/node/fs_request.h"

namespace dv8::node {

// A position in a file: a number or a BigInt; what is neither, or no integer, is -1, the current one.
struct FilePosition {
  int64_t value = -1;
};

// fs_stat.cc
void FsAccess(const CallInfo& info, FsPath path, v8::Local<v8::Value> mode, Completion completion);
bool FsExists(Environment* env, FsPath path);
// 0 for a file, 1 for a folder, or a negative error.
int32_t FsInternalModuleStat(Environment* env, FsPath path);
void FsStat(const CallInfo& info, FsPath path, bool bigint, Completion completion, v8::Local<v8::Value> throw_if_missing);
void FsLstat(const CallInfo& info, FsPath path, bool bigint, Completion completion, v8::Local<v8::Value> throw_if_missing);
void FsFstat(const CallInfo& info, Fd fd, bool bigint, Completion completion);
void FsStatfs(const CallInfo& info, FsPath path, bool bigint, Completion completion);

// fs_open.cc
void FsOpen(const CallInfo& info, FsPath path, int32_t flags, uint32_t mode, Completion completion);
// Gives a FileHandle. `context` gets `errno` and `syscall` of a failure, where the call runs at once.
void FsOpenFileHandle(const CallInfo& info, FsPath path, int32_t flags, uint32_t mode, Completion completion, v8::Local<v8::Value> context);
void FsClose(const CallInfo& info, Fd fd, Completion completion);
// readFileUtf8(path or descriptor, flags) and writeFileUtf8(path or descriptor, text, flags, mode).
void FsReadFileUtf8(const CallInfo& info, v8::Local<v8::Value> file, int32_t flags);
void FsWriteFileUtf8(const CallInfo& info, v8::Local<v8::Value> file, v8::Local<v8::String> text, int32_t flags, uint32_t mode);

// fs_read_write.cc
void FsRead(const CallInfo& info, Fd fd, v8::Local<v8::ArrayBufferView> buffer, uint64_t offset, uint64_t length, FilePosition position,
            Completion completion);
void FsReadBuffers(const CallInfo& info, Fd fd, v8::Local<v8::Array> buffers, FilePosition position, Completion completion);
void FsWriteBuffer(const CallInfo& info, Fd fd, v8::Local<v8::ArrayBufferView> buffer, uint64_t offset, uint64_t length,
                   FilePosition position, Completion completion, v8::Local<v8::Value> context);
void FsWriteBuffers(const CallInfo& info, Fd fd, v8::Local<v8::Array> buffers, FilePosition position, Completion completion);
void FsWriteString(const CallInfo& info, Fd fd, v8::Local<v8::String> text, FilePosition position, v8::Local<v8::Value> encoding,
                   Completion completion, v8::Local<v8::Value> context);
void FsFtruncate(const CallInfo& info, Fd fd, int64_t length, Completion completion);
void FsFsync(const CallInfo& info, Fd fd, Completion completion);
void FsFdatasync(const CallInfo& info, Fd fd, Completion completion);

// fs_names.cc
void FsRename(const CallInfo& info, FsPath from, FsPath to, Completion completion);
void FsLink(const CallInfo& info, FsPath from, FsPath to, Completion completion);
void FsSymlink(const CallInfo& info, Path target, FsPath path, int32_t flags, Completion completion);
void FsReadlink(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, Completion completion);
void FsRealpath(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, Completion completion);
void FsUnlink(const CallInfo& info, FsPath path, Completion completion);
void FsRmdir(const CallInfo& info, FsPath path, Completion completion);
// Gives the first folder that was made, when `recursive`.
void FsMkdir(const CallInfo& info, FsPath path, uint32_t mode, bool recursive, Completion completion);
void FsMkdtemp(const CallInfo& info, FsPath prefix, v8::Local<v8::Value> encoding, Completion completion);
// Gives the names, or [names, types].
void FsReaddir(const CallInfo& info, FsPath path, v8::Local<v8::Value> encoding, bool with_types, Completion completion);
void FsCopyFile(const CallInfo& info, FsPath from, FsPath to, v8::Local<v8::Value> mode, Completion completion);

// fs_attributes.cc: times are seconds since the epoch.
void FsChmod(const CallInfo& info, FsPath path, uint32_t mode, Completion completion);
void FsFchmod(const CallInfo& info, Fd fd, uint32_t mode, Completion completion);
void FsChown(const CallInfo& info, FsPath path, int64_t uid, int64_t gid, Completion completion);
void FsLchown(const CallInfo& info, FsPath path, int64_t uid, int64_t gid, Completion completion);
void FsFchown(const CallInfo& info, Fd fd, int64_t uid, int64_t gid, Completion completion);
void FsUtimes(const CallInfo& info, FsPath path, double atime, double mtime, Completion completion);
void FsLutimes(const CallInfo& info, FsPath path, double atime, double mtime, Completion completion);
void FsFutimes(const CallInfo& info, Fd fd, double atime, double mtime, Completion completion);

// fs_remove.cc
void FsRmSync(const CallInfo& info, FsPath path, int32_t max_retries, bool recursive, int32_t retry_delay);

// fs_copy_tree.cc
void FsCpSyncCheckPaths(const CallInfo& info, FsPath from, FsPath to, bool dereference, bool recursive);
void FsCpSyncOverrideFile(const CallInfo& info, FsPath from, FsPath to, v8::Local<v8::Value> mode, bool preserve_timestamps);
void FsCpSyncCopyDir(const CallInfo& info, FsPath from, FsPath to, bool force, bool dereference, bool error_on_exist,
                     bool verbatim_symlinks, bool preserve_timestamps);

// fs_resolve.cc: for the loader of ES modules.
int32_t FsGetFormatOfExtensionlessFile(Environment* env, FsPath path);
void FsLegacyMainResolve(const CallInfo& info, std::string package_path, v8::Local<v8::Value> main, v8::Local<v8::Value> base);

// The flags of access(2) or copyFile, from `low` to `high`; undefined and null are 0. False, with an exception.
bool ReadFsMode(v8::Isolate* isolate, v8::Local<v8::Value> value, int low, int high, int* mode);

}  // namespace dv8::node

namespace dv8 {

template <>
struct ArgumentReader<node::FilePosition> {
  static bool Read(v8::Isolate* isolate, v8::Local<v8::Value> value, int index, node::FilePosition* out);
};

}  // namespace dv8
