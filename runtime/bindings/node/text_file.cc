#include "runtime/bindings/node/text_file.h"

#include <errno.h>
#include <uv.h>

#include <cstdio>

namespace dv8::node {

std::variant<int, std::string> ReadTextFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return -errno;
  std::string text;
  char chunk[8192];
  while (const size_t size = std::fread(chunk, 1, sizeof(chunk), file)) text.append(chunk, size);
  const bool failed = std::ferror(file) != 0;
  std::fclose(file);
  if (failed) return UV_EIO;
  return text;
}

}  // namespace dv8::node
