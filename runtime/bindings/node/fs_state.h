// What internalBinding('fs') keeps for one Environment, and how a stat becomes numbers.
#pragma once

#include "runtime/binding/shared_array.h"
#include "runtime/bindings/node/fs_request.h"

namespace dv8::node {

inline constexpr size_t kStatFields = 18;
inline constexpr size_t kStatFsFields = 8;

// statfs(2), with the fragment size that uv_statfs_t of our libuv has not.
struct StatFs {
  uint64_t type, block_size, fragment_size, blocks, free, available, files, free_files;
};

struct FsState {
  explicit FsState(Environment* env);

  v8::Isolate* isolate;
  SharedFloat64 stats;  // Twice kStatFields: a StatWatcher tells the state before, too.
  SharedBigInt64 bigint_stats;
  SharedFloat64 statfs;
  SharedBigInt64 bigint_statfs;
  v8::Global<v8::Float64Array> stats_array;
  v8::Global<v8::BigInt64Array> bigint_stats_array;
  v8::Global<v8::Symbol> use_promises;
  v8::Global<v8::String> oncomplete;
  v8::Global<v8::Function> promise_class;        // FSReqPromise,
  v8::Global<v8::Function> close_request_class;  // FileHandleCloseReq: both of FsPromise.
  v8::Global<v8::Function> file_handle_class;
  v8::Global<v8::Function> settle;
  bool warned_of_collected_handle = false;

  // Writes into the arrays that JavaScript shares, `offset` fields behind their start, and gives the array.
  v8::Local<v8::Value> Share(const uv_stat_t& stat, bool bigint, size_t offset = 0);
};

// The stat as JavaScript gets it: a promise has an array of its own.
v8::Local<v8::Value> StatValue(Environment* env, const uv_stat_t& stat, bool bigint, Completion::Kind kind);
v8::Local<v8::Value> StatFsValue(Environment* env, const StatFs& stat, bool bigint, Completion::Kind kind);

}  // namespace dv8::node
