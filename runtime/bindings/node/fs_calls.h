// Calls of the file system that know the virtual root, on any thread: what the tasks of internalBinding('fs')
// are made of. `root` is FsTask::root. All give 0 or what the call gives, or a negative libuv error.
#pragma once

#include <string>
#include <vector>

#include "runtime/bindings/node/virtual_root.h"

namespace dv8::node {

int StatPath(const VirtualRoot* root, const std::string& path, bool follow, uv_stat_t* out);
int StatDescriptor(const VirtualRoot* root, int fd, uv_stat_t* out);
int AccessPath(const VirtualRoot* root, const std::string& path, int mode);
// Gives a descriptor.
int OpenPath(const VirtualRoot* root, const std::string& path, int flags, int mode);
int ListFolder(const VirtualRoot* root, const std::string& path, std::vector<FsEntry>* entries);
int CopyPath(const VirtualRoot* root, const std::string& from, const std::string& to, int flags);
int MakeFolder(const VirtualRoot* root, const std::string& path, int mode);
// With its parents; `first` is the topmost that was not there.
int MakeFolders(const VirtualRoot* root, const std::string& path, int mode, std::string* first);
int ReadLink(const VirtualRoot* root, const std::string& path, std::string* target);
int MakeSymlink(const VirtualRoot* root, const std::string& target, const std::string& path);
int UnlinkPath(const VirtualRoot* root, const std::string& path);

inline int RefuseChange(const VirtualRoot* root, const std::string& path) { return root == nullptr ? 0 : root->RefuseChange(path); }

// Reads from `fd` to its end, from the current position; `*data` is malloc's. UV_E2BIG when there are more than
// `limit` bytes.
int ReadToEnd(int fd, size_t limit, char** data, size_t* size);
int WriteAll(int fd, const char* data, size_t size);

}  // namespace dv8::node
